// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/offline_dialog.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "engine/duplex/offline_echo.h"
#include "engine/echo/canceller_registry.h"
#include "engine/noise/reducer_registry.h"
#include "ui/models/audio_files.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/replace_question.h"

namespace doubletalk::ui {
namespace {

void fill(QComboBox& box, std::string_view setting, params::ChoiceList names) {
    for (const auto name : names) {
        box.addItem(choiceTitle(setting, name),
                    QString::fromUtf8(name.data(), qsizetype(name.size())));
    }
}

void chooseData(QComboBox& box, const Name& name) {
    const auto text = name.view();
    const int at = box.findData(QString::fromUtf8(text.data(), qsizetype(text.size())));
    if (at >= 0) box.setCurrentIndex(at);
}

Name nameOf(const QComboBox& box) { return Name(box.currentData().toString().toStdString()); }

QTableWidgetItem* makeCell(const QString& text, const QString& tip, bool number) {
    auto* cell = new QTableWidgetItem(text);
    cell->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    cell->setToolTip(tip);
    if (number) {
        cell->setFont(Theme::current().number());
        cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    return cell;
}

}  // namespace

OfflineDialog::OfflineDialog(QWidget* parent)
    : QDialog(parent),
      stream_(this),
      canceller_(new ChoiceBox(this)),
      reducer_(new ChoiceBox(this)),
      errors_(new ErrorBar(this)),
      bar_(new QProgressBar(this)),
      state_(new QLabel(this)),
      table_(new QTableWidget(0, 3, this)),
      start_(new QPushButton(tr("&Analyse"), this)),
      receive_(new QPushButton(this)),
      hear_microphone_(new QPushButton(tr("Hear m&icrophone"), this)),
      hear_result_(new QPushButton(tr("&Hear result"), this)),
      open_(new QPushButton(tr("Open f&older"), this)) {
    setWindowTitle(tr("Analyse a far end and a microphone"));
    auto* grid = new QGridLayout;
    grid->setColumnStretch(1, 1);
    far_ = addFile(*grid, tr("&Far end"),
                   tr("What the loudspeaker played: the canceller's reference. WAV, FLAC, MP3, AAC "
                      "or Opus of any rate"),
                   false);
    microphone_ =
        addFile(*grid, tr("&Microphone"),
                tr("What the microphone heard meanwhile, from the same moment on"), false);
    output_ = addFile(*grid, tr("&Result"),
                      tr("The microphone without the echo, as long as the microphone's file: WAV "
                         "or FLAC by its name"),
                      true);
    fill(*canceller_, "echo.canceller", echo::cancellerNames());
    fill(*reducer_, "noise.reducer", noise::noiseReducerNames());
    canceller_->setToolTip(tr("Takes the echo out; the other settings are those of the window"));
    reducer_->setToolTip(tr("Takes noise out behind the canceller"));
    const auto addChoice = [&](const QString& text, QComboBox* box) {
        auto* label = new QLabel(text, this);
        label->setBuddy(box);
        grid->addWidget(label, grid->rowCount(), 0);
        grid->addWidget(box, grid->rowCount() - 1, 1);
    };
    addChoice(tr("&Canceller"), canceller_);
    addChoice(tr("&Noise reducer"), reducer_);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedHeight(2);
    state_->setWordWrap(true);
    state_->setProperty("kind", "note");
    table_->setHorizontalHeaderLabels({tr("Value"), tr("Measured"), tr("Unit")});
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table_->setColumnWidth(1, Theme::current().scaled(180));
    table_->verticalHeader()->hide();
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setTabKeyNavigation(false);
    table_->setAccessibleName(tr("Measured values"));
    start_->setProperty("kind", "primary");
    start_->setToolTip(tr("The code of 'doubletalk-cli echo', as fast as it goes"));
    receive_->setAutoDefault(false);
    receive_->setToolTip(
        tr("Takes both from 'doubletalk-cli send', or any program that speaks its protocol: two "
           "channels, the far end left, the microphone right"));
    hear_microphone_->setToolTip(tr("Plays the microphone's file on the monitor output"));
    hear_result_->setToolTip(tr("Plays the result on the monitor output; again: stops"));
    open_->setToolTip(tr("Shows the result in the file manager"));

    auto* buttons = new QHBoxLayout;
    for (auto* button : {start_, receive_, hear_microphone_, hear_result_, open_})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto* close = new QPushButton(tr("Close"), this);
    buttons->addWidget(close);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(errors_);
    rows->addLayout(grid);
    rows->addWidget(bar_);
    rows->addWidget(state_);
    rows->addWidget(table_, 1);
    rows->addLayout(buttons);
    resize(760, 620);

    connect(start_, &QPushButton::clicked, this, [this] { work_.running() ? cancel() : start(); });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(hear_microphone_, &QPushButton::clicked, this,
            [this] { hearWanted(microphone_->text()); });
    connect(hear_result_, &QPushButton::clicked, this, [this] { hearWanted(result_.file); });
    connect(open_, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(result_.file).absolutePath()));
    });
    connect(microphone_, &QLineEdit::textChanged, this, &OfflineDialog::microphoneChanged);
    connect(output_, &QLineEdit::textEdited, this, [this] { own_output_ = true; });
    for (auto* field : {far_, microphone_, output_})
        connect(field, &QLineEdit::textChanged, this, &OfflineDialog::updateButtons);
    connect(&work_, &OfflineAnalysis::progress, this,
            [this](double done_ratio) { bar_->setValue(int(1000.0 * done_ratio)); });
    connect(&work_, &OfflineAnalysis::done, this, &OfflineDialog::showResult);
    connect(&work_, &OfflineAnalysis::cancelled, this, [this] {
        state_->setText(tr("Cancelled; nothing was written"));
        updateButtons();
    });
    connect(&work_, &OfflineAnalysis::failed, this, [this](const QString& what) {
        state_->clear();
        errors_->showError(what);
        updateButtons();
    });
    connectStream();
    updateButtons();
    far_->setFocus();
}

void OfflineDialog::connectStream() {
    connect(receive_, &QPushButton::clicked, this, &OfflineDialog::receive);
    connect(&stream_, &StreamPair::waiting, this, [this](const QString& address) {
        state_->setText(tr("Waiting at %1 for two channels, the far end left, the microphone "
                           "right: doubletalk-cli send --wav FILE --host %2 --ingest-port %3")
                            .arg(address, address.section(':', 0, 0), address.section(':', 1, 1)));
    });
    connect(&stream_, &StreamPair::received, this, [this](double seconds) {
        state_->setText(tr("Receiving: %1 s").arg(numberText(seconds, 1)));
    });
    connect(&stream_, &StreamPair::done, this,
            [this](const QString& far_end, const QString& microphone, double seconds,
                   const QString& shortfall) {
                forgetResult();
                setFiles(far_end, microphone);
                state_->setText(tr("Received %1 s").arg(numberText(seconds, 1)));
                if (!shortfall.isEmpty()) errors_->showError(shortfall);
                updateButtons();
            });
    connect(&stream_, &StreamPair::note, state_, &QLabel::setText);
    connect(&stream_, &StreamPair::stopped, this, [this] {
        state_->setText(tr("Nothing was received"));
        updateButtons();
    });
    connect(&stream_, &StreamPair::failed, this, [this](const QString& what) {
        state_->clear();
        errors_->showError(what);
        updateButtons();
    });
}

void OfflineDialog::receive() {
    if (stream_.running()) return stream_.stop();
    auto base = QFileDialog::getSaveFileName(
        this, tr("Where the pair goes: NAME-far.wav and NAME-mic.wav"), pairName(),
        tr("WAV (*.wav)"), nullptr, QFileDialog::DontConfirmOverwrite);
    if (base.endsWith(QLatin1String(".wav"), Qt::CaseInsensitive)) base.chop(4);
    if (!base.isEmpty()) askToReceive(base);
}

QString OfflineDialog::pairName() const {
    if (microphone_->text().isEmpty()) return {};
    const QFileInfo file(microphone_->text());
    auto name = file.completeBaseName();
    if (name.endsWith(QLatin1String("-mic"))) name.chop(4);  // of a pair that was received
    return file.path() + '/' + name;
}

/// It is these files that are replaced, not the one whose name was chosen.
void OfflineDialog::askToReceive(const QString& base) {
    QStringList there;
    for (const auto& file : StreamPair::filesOf(base)) {
        if (QFileInfo::exists(file)) there << QFileInfo(file).fileName();
    }
    if (there.isEmpty()) return receiveTo(base);
    askToReplace(*this, there, [this, base] { receiveTo(base); });
}

void OfflineDialog::receiveTo(const QString& base) {
    errors_->clear();
    stream_.start(base);
    updateButtons();
}

QLineEdit* OfflineDialog::addFile(QGridLayout& grid, const QString& text, const QString& tip,
                                  bool for_writing) {
    const int row = grid.rowCount();
    auto* field = new QLineEdit(this);
    field->setToolTip(tip);
    auto* label = new QLabel(text, this);
    label->setBuddy(field);
    auto* button = new QPushButton(tr("Choose …"), this);
    button->setToolTip(tip);
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this,
            [this, field, for_writing] { choose(*field, for_writing); });
    grid.addWidget(label, row, 0);
    grid.addWidget(field, row, 1);
    grid.addWidget(button, row, 2);
    return field;
}

void OfflineDialog::choose(QLineEdit& field, bool for_writing) {
    const auto file =
        for_writing ? QFileDialog::getSaveFileName(this, tr("Where the result goes"), field.text(),
                                                   tr("WAV (*.wav);;FLAC (*.flac)"))
                    : QFileDialog::getOpenFileName(this, tr("Choose a sound file"), field.text(),
                                                   soundFilter());
    if (file.isEmpty()) return;
    if (for_writing) own_output_ = true;
    field.setText(file);
}

void OfflineDialog::microphoneChanged() {
    if (own_output_) return;
    const QFileInfo file(microphone_->text());
    output_->setText(microphone_->text().isEmpty()
                         ? QString()
                         : file.path() + '/' + file.completeBaseName() + "-cleaned.wav");
}

void OfflineDialog::setSettings(const duplex::Settings& settings) {
    settings_ = settings;
    if (work_.running()) return;
    chooseData(*canceller_, settings.echo.canceller);
    chooseData(*reducer_, settings.noise.reducer);
}

void OfflineDialog::setFiles(const QString& far_end, const QString& microphone) {
    far_->setText(far_end);
    microphone_->setText(microphone);
}

void OfflineDialog::start() {
    if (work_.running() || !start_->isEnabled()) return;
    duplex::OfflineEchoOptions options;
    options.far = far_->text().toStdString();
    options.mic = microphone_->text().toStdString();
    options.out = output_->text().toStdString();
    options.settings = settings_;
    options.settings.echo.enabled = true;
    options.settings.echo.canceller = nameOf(*canceller_);
    options.settings.noise.reducer = nameOf(*reducer_);
    options.settings.noise.enabled = options.settings.noise.reducer != "none";
    errors_->clear();
    forgetResult();
    state_->setText(tr("Analysing …"));
    work_.start(options);
    updateButtons();
}

/// It was of other files, or other settings.
void OfflineDialog::forgetResult() {
    table_->setRowCount(0);
    result_ = {};
}

void OfflineDialog::showResult(const AnalysisResult& result) {
    result_ = result;
    auto words = tr("Canceller: %1, noise reducer: %2, written: %3")
                     .arg(choiceTitle("echo.canceller", result.canceller.toStdString()),
                          result.reducer.isEmpty()
                              ? tr("none")
                              : choiceTitle("noise.reducer", result.reducer.toStdString()),
                          result.file);
    if (!result.notes.isEmpty()) words += '\n' + result.notes.join('\n');
    state_->setText(words);
    table_->setRowCount(int(result.rows.size()));
    for (int i = 0; i < int(result.rows.size()); ++i) {
        const auto& row = result.rows[std::size_t(i)];
        table_->setItem(i, 0, makeCell(row.name, row.tip, false));
        table_->setItem(i, 1, makeCell(row.value, row.tip, true));
        table_->setItem(i, 2, makeCell(row.unit, row.tip, false));
    }
    updateButtons();
}

void OfflineDialog::updateButtons() {
    const bool running = work_.running();
    start_->setText(running ? tr("C&ancel") : tr("&Analyse"));
    const bool receiving = stream_.running();
    receive_->setText(receiving ? tr("&Stop receiving") : tr("Receive a &stream …"));
    receive_->setEnabled(!running);
    start_->setEnabled(running || (!receiving && !far_->text().isEmpty() &&
                                   !microphone_->text().isEmpty() && !output_->text().isEmpty()));
    for (QWidget* widget :
         std::initializer_list<QWidget*>{far_, microphone_, output_, canceller_, reducer_}) {
        widget->setEnabled(!running && !receiving);
    }
    bar_->setVisible(running);
    hear_microphone_->setEnabled(!microphone_->text().isEmpty());
    hear_result_->setEnabled(!result_.file.isEmpty());
    open_->setEnabled(!result_.file.isEmpty());
}

void OfflineDialog::reject() {
    cancel();
    if (stream_.running()) stream_.stop();
    hearNothingWanted();
    QDialog::reject();
}

}  // namespace doubletalk::ui
