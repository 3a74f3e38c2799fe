// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/save_track_dialog.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QUrl>
#include <QVBoxLayout>
#include <utility>

#include "engine/codec/media_kind.h"
#include "ui/models/setting_text.h"
#include "ui/models/track_title.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/replace_question.h"

namespace doubletalk::ui {
namespace {

QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

const codec::MediaKind& kindOf(const QComboBox& box) {
    return codec::mediaKinds()[std::size_t(std::max(box.currentIndex(), 0))];
}

}  // namespace

SaveTrackDialog::SaveTrackDialog(QWidget* parent)
    : QDialog(parent),
      errors_(new ErrorBar(this)),
      track_(new ChoiceBox(this)),
      kind_(new ChoiceBox(this)),
      bitrate_(new QSpinBox(this)),
      file_(new QLineEdit(this)),
      choose_(new QPushButton(tr("C&hoose …"), this)),
      bar_(new QProgressBar(this)),
      state_(new QLabel(this)),
      save_(new QPushButton(tr("&Save"), this)),
      reveal_(new QPushButton(tr("Show f&older"), this)) {
    setWindowTitle(tr("Save a track"));
    for (const auto& kind : codec::mediaKinds()) kind_->addItem(qt(kind.label));
    bitrate_->setRange(16, 320);
    bitrate_->setSingleStep(16);
    bitrate_->setValue(128);
    bitrate_->setSuffix(tr(" kbit/s"));
    track_->setToolTip(
        tr("Signals of the session: what the engine heard, played and made of it, "
           "and every item the assistant spoke"));
    kind_->setToolTip(
        tr("WAV and FLAC keep every sample; MP3, AAC and Opus are smaller and lose "
           "what is hardly heard. Choosing one sets the file's ending"));
    bitrate_->setToolTip(tr("Of the lossy formats. Speech is good from 64 kbit/s on"));
    file_->setToolTip(tr("Where it goes; a file that is there is replaced only when all is done"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedHeight(2);
    state_->setWordWrap(true);
    state_->setProperty("kind", "note");
    save_->setDefault(true);
    reveal_->setToolTip(tr("Opens the folder of the file in the file manager"));

    auto* form = new QFormLayout;
    form->addRow(tr("&Track"), track_);
    form->addRow(tr("&Format"), kind_);
    form->addRow(tr("&Bit rate"), bitrate_);
    auto* where = new QHBoxLayout;
    where->addWidget(file_, 1);
    where->addWidget(choose_);
    auto* file_label = new QLabel(tr("F&ile"), this);
    file_label->setBuddy(file_);
    form->addRow(file_label, where);
    auto* buttons = new QHBoxLayout;
    auto* close = new QPushButton(tr("Close"), this);
    buttons->addWidget(save_);
    buttons->addWidget(reveal_);
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(errors_);
    rows->addLayout(form);
    rows->addWidget(bar_);
    rows->addWidget(state_);
    rows->addStretch(1);
    rows->addLayout(buttons);
    resize(560, 260);

    connect(save_, &QPushButton::clicked, this, [this] {
        if (bar_->isHidden()) return save();
        cancel();
    });
    connect(reveal_, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file_->text()).absolutePath()));
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(choose_, &QPushButton::clicked, this, &SaveTrackDialog::choose);
    connect(kind_, &QComboBox::currentIndexChanged, this, &SaveTrackDialog::suggestFile);
    connect(track_, &QComboBox::currentIndexChanged, this, &SaveTrackDialog::suggestFile);
    connect(file_, &QLineEdit::textEdited, this, [this] { own_file_ = true; });
    connect(file_, &QLineEdit::textChanged, this, &SaveTrackDialog::updateButtons);
    connect(&saver_, &TrackSaver::opened, this, &SaveTrackDialog::listTracks);
    connect(&saver_, &TrackSaver::progress, this,
            [this](double done_ratio) { bar_->setValue(int(1000.0 * done_ratio)); });
    const auto ended = [this](const QString& words) {
        bar_->hide();
        state_->setText(words);
        updateButtons();
    };
    connect(&saver_, &TrackSaver::saved, this, [this, ended](const QString& file) {
        ended(tr("Written: %1, %2 KiB")
                  .arg(file, numberText(double(QFileInfo(file).size()) / 1024.0, 0)));
        reveal_->setEnabled(true);
    });
    connect(&saver_, &TrackSaver::cancelled, this,
            [ended] { ended(tr("Cancelled; nothing was written")); });
    connect(&saver_, &TrackSaver::failed, this, [this, ended](const QString& what) {
        ended({});
        errors_->showError(what);
    });
    // After what the end of the work before shows: the session that was asked for meanwhile.
    for (const auto done : {&TrackSaver::opened, &TrackSaver::cancelled}) {
        connect(&saver_, done, this, &SaveTrackDialog::openWanted, Qt::QueuedConnection);
    }
    for (const auto done : {&TrackSaver::saved, &TrackSaver::failed}) {
        connect(&saver_, done, this, &SaveTrackDialog::openWanted, Qt::QueuedConnection);
    }
    bar_->hide();
    updateButtons();
}

void SaveTrackDialog::setSession(const QString& folder) {
    wanted_ = folder;
    if (!saver_.busy()) openWanted();
}

void SaveTrackDialog::openWanted() {
    if (wanted_.isEmpty() || saver_.busy()) return;
    folder_ = std::exchange(wanted_, QString());
    own_file_ = false;
    errors_->clear();
    track_->clear();
    file_->clear();
    state_->setText(tr("Reading %1 …").arg(QFileInfo(folder_).fileName()));
    saver_.open(folder_);
    updateButtons();
}

void SaveTrackDialog::listTracks() {
    if (!wanted_.isEmpty()) return;  // another session's
    for (const auto& track : saver_.tracks()) {
        track_->addItem(tr("%1, %2 s, %3 Hz")
                            .arg(trackTitle(track.name), numberText(track.lengthS(), 1))
                            .arg(track.rate_hz));
    }
    state_->clear();
    suggestFile();
    updateButtons();
}

/// Beside the session, unless the user named another place; the ending follows the format.
void SaveTrackDialog::suggestFile() {
    const auto ending = '.' + qt(kindOf(*kind_).name);
    updateButtons();
    const auto at = std::size_t(std::max(track_->currentIndex(), 0));
    if (own_file_) {
        const QFileInfo file(file_->text());
        file_->setText(file.path() + '/' + file.completeBaseName() + ending);
    } else if (at < saver_.tracks().size()) {
        const auto name = saver_.tracks()[at].name.section(':', 0, 0).replace(' ', '_');
        file_->setText(folder_ + '_' + name + ending);
    }
}

void SaveTrackDialog::choose() {
    const auto ending = qt(kindOf(*kind_).name);
    const auto file =
        QFileDialog::getSaveFileName(this, tr("Where the track goes"), file_->text(),
                                     tr("%1 (*.%2)").arg(qt(kindOf(*kind_).label), ending));
    if (file.isEmpty()) return;
    own_file_ = true;
    agreed_ = file;  // it asked itself
    file_->setText(QFileInfo(file).suffix().isEmpty() ? file + '.' + ending : file);
}

void SaveTrackDialog::save() {
    if (saver_.busy() || !save_->isEnabled()) return;
    if (file_->text() == agreed_ || !QFileInfo::exists(file_->text())) return write();
    askToReplace(*this, {QFileInfo(file_->text()).fileName()}, [this] { write(); });
}

void SaveTrackDialog::write() {
    if (saver_.busy()) return;
    agreed_.clear();
    errors_->clear();
    bar_->show();
    state_->setText(tr("Writing …"));
    reveal_->setEnabled(false);
    saver_.save(std::size_t(track_->currentIndex()), file_->text(), kindOf(*kind_),
                bitrate_->value() * 1000);
    updateButtons();
}

void SaveTrackDialog::updateButtons() {
    const bool writing = !bar_->isHidden();
    save_->setText(writing ? tr("C&ancel") : tr("&Save"));
    save_->setEnabled(writing || (track_->count() > 0 && !file_->text().isEmpty()));
    for (QWidget* widget : std::initializer_list<QWidget*>{track_, kind_, file_, choose_}) {
        widget->setEnabled(!writing && track_->count() > 0);
    }
    bitrate_->setEnabled(!writing && !codec::rowOf(kindOf(*kind_).codec).lossless);
    if (state_->text().isEmpty()) reveal_->setEnabled(false);
}

void SaveTrackDialog::reject() {
    cancel();
    QDialog::reject();
}

}  // namespace doubletalk::ui
