// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/speak_panel.h"


#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/audio_files.h"
#include "ui/models/queue_model.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {
namespace {

using State = bench::QueuedSpeech::State;

/// Cells in the theme's type; how much was heard as a bar below the title.
class QueueDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::current();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, theme.colour(Token::selected));
        } else if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(option.rect, theme.colour(Token::hover));
        }
        const auto state = State(index.data(QueueModel::kStateRole).toInt());
        const bool number = index.column() >= QueueModel::kPosition;
        const auto font = number ? theme.number() : theme.font(Type::row);
        auto text = index.data(Qt::DisplayRole).toString();
        Token token = index.column() == QueueModel::kTitle || number ? Token::text : Token::text2;
        if (index.column() == QueueModel::kState) {
            if (state == State::failed) {
                token = Token::problem;
                text.prepend(QStringLiteral("◆ "));
            } else if (state == State::interrupted) {
                token = Token::decision;
            } else if (state == State::speaking) {
                token = Token::far_end;
            }
        }
        painter->setFont(font);
        painter->setPen(theme.colour(token));
        const auto rect = option.rect.adjusted(8, 0, -8, 0);
        painter->drawText(rect, Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft),
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
        const double heard = index.data(QueueModel::kHeardRatioRole).toDouble();
        if (index.column() != QueueModel::kTitle || !(heard > 0.0)) return;
        const QRect bar(rect.left(), option.rect.bottom() - 2, rect.width(), 2);
        painter->fillRect(bar, theme.colour(Token::grid));
        painter->fillRect(bar.left(), bar.top(), int(std::lround(heard * bar.width())), 2,
                          theme.colour(Token::far_end));
    }
};

}  // namespace

SpeakPanel::SpeakPanel(QWidget* parent)
    : QWidget(parent),
      model_(new QueueModel(this)),
      errors_(new ErrorBar(this)),
      text_(new QLineEdit(this)),
      voice_(new ChoiceBox(this)),
      speak_(new QPushButton(tr("Speak"), this)),
      table_(new QTableView(this)),
      buffered_(nullptr),
      empty_(new QLabel(table_)) {
    makePanel(*this);
    setAccessibleName(tr("Speak"));
    setAcceptDrops(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* header = new PanelHeader(tr("Speak"), this);
    auto* add = header->addButton(Icon::add,
                                  tr("Add sound files (WAV, FLAC, MP3, AAC, Opus) to the queue"));
    up_ = header->addButton(Icon::up, tr("Speak it earlier (Alt+Up)"));
    down_ = header->addButton(Icon::down, tr("Speak it later (Alt+Down)"));
    remove_ = header->addButton(Icon::close, tr("Take it out of the queue (Delete)"));
    connect(add, &QToolButton::clicked, this, &SpeakPanel::chooseFiles);
    connect(up_, &QToolButton::clicked, this, [this] { move(-1); });
    connect(down_, &QToolButton::clicked, this, [this] { move(1); });
    connect(remove_, &QToolButton::clicked, this, &SpeakPanel::removeSelected);
    layout->addWidget(header);
    layout->addWidget(errors_);
    addLine();
    addTable();
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 4, 12, 6);
    buffered_ = makeNote({}, this);
    buffered_->setToolTip(
        tr("Audio that is rendered and not yet heard. Good: more than a second while "
           "something speaks; 0 at the end."));
    foot->addWidget(buffered_);
    foot->addStretch(1);
    layout->addLayout(foot);
    setVoices({{QStringLiteral("en"), tr("English")}});
    setQueue({}, 0.0);
}

void SpeakPanel::addLine() {
    auto* line = new QHBoxLayout;
    line->setContentsMargins(12, 2, 12, 6);
    line->setSpacing(6);
    text_->setPlaceholderText(tr("What the assistant is to say"));
    text_->setAccessibleName(tr("Text to speak"));
    voice_->setAccessibleName(tr("Voice"));
    voice_->setToolTip(tr("Voice of the embedded synthesis"));
    speak_->setToolTip(tr("Render the text and put it at the queue's end (Enter)"));
    line->addWidget(text_, 1);
    line->addWidget(voice_);
    line->addWidget(speak_);
    static_cast<QVBoxLayout*>(layout())->addLayout(line);
    connect(speak_, &QPushButton::clicked, this, &SpeakPanel::speak);
    connect(text_, &QLineEdit::returnPressed, this, &SpeakPanel::speak);
    connect(text_, &QLineEdit::textChanged, this, [this] { updateButtons(); });
}

void SpeakPanel::addTable() {
    table_->setModel(model_);
    table_->setItemDelegate(new QueueDelegate(table_));
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setMouseTracking(true);
    table_->setTabKeyNavigation(false);
    table_->setAccessibleName(tr("Queue"));
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QueueModel::kTitle, QHeaderView::Stretch);
    const auto restyle = [this] {
        const auto& theme = Theme::current();
        table_->verticalHeader()->setDefaultSectionSize(theme.scaled(24));
        table_->horizontalHeader()->setFont(theme.note());
        const QFontMetrics words(theme.font(Type::row));
        table_->setColumnWidth(QueueModel::kState,
                               words.horizontalAdvance(tr("heard to its end")) + 20);
        const QFontMetrics numbers(theme.number());
        const auto at = timeText(0.0);
        const auto with_error = tr("%1 ± %2 ms").arg(at, numberText(88.8, 1));
        table_->setColumnWidth(QueueModel::kPosition, numbers.horizontalAdvance(with_error) + 20);
        table_->setColumnWidth(QueueModel::kLength, numbers.horizontalAdvance(at) + 20);
    };
    connect(&Theme::current(), &Theme::changed, this, restyle);
    restyle();
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setProperty("kind", "note");
    empty_->setText(tr("Type a line and press Enter, or drop sound files here"));
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    static_cast<QVBoxLayout*>(layout())->addWidget(table_, 1);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { updateButtons(); });
    const auto key = [this](const QKeySequence& keys, auto act) {
        auto* shortcut = new QShortcut(keys, table_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(Qt::Key_Delete, [this] { removeSelected(); });
    key(Qt::ALT | Qt::Key_Up, [this] { move(-1); });
    key(Qt::ALT | Qt::Key_Down, [this] { move(1); });
}

void SpeakPanel::setVoices(const std::vector<std::pair<QString, QString>>& voices) {
    voice_->clear();
    for (const auto& [name, title] : voices) voice_->addItem(title, name);
    voice_->setVisible(voices.size() > 1);
}

void SpeakPanel::setQueue(const std::vector<bench::QueuedSpeech>& queue, double buffered_ms) {
    const auto ticket = selectedTicket();
    const auto news = newsOf(queue);
    model_->setQueue(queue);
    if (ticket != 0 && selectedTicket() != ticket) {
        if (const int row = model_->rowOf(ticket); row >= 0) table_->selectRow(row);
    }
    if (news >= 0) {
        table_->doItemsLayout();  // a row just added can be scrolled to now
        const bool speaks = queue[std::size_t(news)].state == State::speaking;
        table_->scrollTo(model_->index(news, 0), speaks ? QAbstractItemView::PositionAtTop
                                                        : QAbstractItemView::EnsureVisible);
    }
    buffered_->setText(tr("%1 s buffered").arg(numberText(buffered_ms / 1000.0, 1)));
    empty_->setVisible(queue.empty());
    if (queue.empty()) {
        empty_->setGeometry(
            table_->viewport()->rect().translated(0, table_->horizontalHeader()->height()));
    }
    updateButtons();
}

/// Row that speaks since just now, else the last one added; -1: neither.
int SpeakPanel::newsOf(const std::vector<bench::QueuedSpeech>& queue) const {
    int added = -1;
    for (int i = int(queue.size()) - 1; i >= 0; --i) {
        const auto& entry = queue[std::size_t(i)];
        const int row = model_->rowOf(entry.ticket);
        const bool spoke =
            row >= 0 && model_->index(row, 0).data(QueueModel::kStateRole) == int(State::speaking);
        if (entry.state == State::speaking && !spoke) return i;
        if (row < 0 && added < 0) added = i;
    }
    return added;
}

void SpeakPanel::showError(const QString& text) { errors_->showError(text); }

void SpeakPanel::giveBack(const QString& text) { text_->setText(text); }

void SpeakPanel::focusText() {
    text_->setFocus();
    text_->selectAll();
}

void SpeakPanel::speak() {
    const auto text = text_->text().trimmed();
    if (text.isEmpty()) return;
    text_->clear();
    emit speakTextWanted(text, voice_->currentData().toString());
}

void SpeakPanel::chooseFiles() {
    auto* dialog = new QFileDialog(this, tr("Sound files to speak"), QString(), soundFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &SpeakPanel::takeFiles);
    dialog->open();
}

void SpeakPanel::takeFiles(const QStringList& paths) {
    QStringList good, bad;
    for (const auto& path : paths) {
        (isSoundFile(path) ? good : bad) << path;
    }
    if (!bad.isEmpty()) {
        showError(
            tr("%1 is no sound file by its name: WAV, FLAC, MP3, AAC (also M4A) and Opus are read")
                .arg(QFileInfo(bad.front()).fileName()));
    }
    if (!good.isEmpty()) emit speakFilesWanted(good);
}

qint64 SpeakPanel::selectedTicket() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? 0 : rows.front().data(QueueModel::kTicketRole).toLongLong();
}

void SpeakPanel::move(int places) {
    if (const auto ticket = selectedTicket(); ticket != 0) emit moveWanted(ticket, places);
}

void SpeakPanel::removeSelected() {
    if (const auto ticket = selectedTicket(); ticket != 0 && remove_->isEnabled()) {
        emit removeWanted(ticket);
    }
}

void SpeakPanel::updateButtons() {
    speak_->setEnabled(!text_->text().trimmed().isEmpty());
    const auto rows = table_->selectionModel()->selectedRows();
    const bool movable = !rows.isEmpty() && rows.front().data(QueueModel::kMovableRole).toBool();
    for (auto* button : {up_, down_, remove_}) button->setEnabled(movable);
}

void SpeakPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void SpeakPanel::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const auto& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    takeFiles(paths);
}

}  // namespace doubletalk::ui
