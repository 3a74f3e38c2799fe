// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/listen_dialog.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/browser_listening.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"

namespace doubletalk::ui {

using bench::ListenChoice;

ListenDialog::ListenDialog(BrowserListening& listening, QWidget* parent)
    : QDialog(parent),
      listening_(listening),
      errors_(new ErrorBar(this)),
      tap_(new ChoiceBox(this)),
      codec_(new ChoiceBox(this)),
      address_(new QLineEdit(this)),
      listeners_(new QLabel(this)),
      start_(new QPushButton(this)),
      copy_(new QPushButton(tr("C&opy"), this)),
      open_(new QPushButton(tr("O&pen"), this)) {
    setWindowTitle(tr("Listen in a browser"));
    for (const auto choice :
         {ListenChoice::output, ListenChoice::far, ListenChoice::microphone, ListenChoice::mix}) {
        tap_->addItem(listenChoiceText(choice), int(choice));
    }
    for (const auto id : {codec::CodecId::mp3, codec::CodecId::aac}) {
        const auto label = codec::rowOf(id).label;
        codec_->addItem(QString::fromUtf8(label.data(), qsizetype(label.size())), int(id));
    }
    tap_->setToolTip(tr("What the page plays of the running engine; changes at once"));
    codec_->setToolTip(
        tr("How it is sent. Every browser plays MP3; AAC sounds better at the same "
           "rate. Changes with the next start"));
    address_->setReadOnly(true);
    address_->setToolTip(tr("The page: only programs of this computer reach it"));
    address_->setPlaceholderText(tr("appears after Start"));
    listeners_->setFont(Theme::current().number());
    listeners_->setToolTip(
        tr("Browsers that play it now. One that is too slow is sent away and "
           "never slows the others or the engine"));
    copy_->setToolTip(tr("Puts the address on the clipboard"));
    open_->setToolTip(tr("Opens the page in the system's browser"));
    start_->setDefault(true);

    auto* form = new QFormLayout;
    form->addRow(tr("S&ignal"), tap_);
    form->addRow(tr("&Coding"), codec_);
    auto* page = new QHBoxLayout;
    page->addWidget(address_, 1);
    page->addWidget(copy_);
    page->addWidget(open_);
    auto* page_label = new QLabel(tr("&Address"), this);
    page_label->setBuddy(address_);
    form->addRow(page_label, page);
    form->addRow(tr("Listeners"), listeners_);
    auto* buttons = new QHBoxLayout;
    auto* close = new QPushButton(tr("Close"), this);
    close->setToolTip(tr("The page goes on until it is stopped"));
    buttons->addWidget(start_);
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(errors_);
    rows->addLayout(form);
    rows->addStretch(1);
    rows->addLayout(buttons);
    resize(480, 220);

    connect(start_, &QPushButton::clicked, this, &ListenDialog::toggle);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(copy_, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(address_->text()); });
    connect(open_, &QPushButton::clicked, this,
            [this] { QDesktopServices::openUrl(QUrl(address_->text())); });
    connect(tap_, &QComboBox::currentIndexChanged, this,
            [this] { listening_.choose(ListenChoice(tap_->currentData().toInt())); });
    connect(&listening_, &BrowserListening::changed, this, &ListenDialog::refresh);
    connect(&listening_, &BrowserListening::failed, errors_,
            [this](const QString& what) { errors_->showError(what); });
    refresh();
}

void ListenDialog::toggle() {
    errors_->clear();
    if (listening_.running()) {
        listening_.stop();
    } else {
        start_->setEnabled(false);  // until it answered
        listening_.start(ListenChoice(tap_->currentData().toInt()),
                         codec::CodecId(codec_->currentData().toInt()));
    }
}

void ListenDialog::refresh() {
    const bool running = listening_.running();
    start_->setEnabled(true);
    start_->setText(running ? tr("&Stop") : tr("&Start"));
    setKind(*start_, running ? "" : "primary");
    address_->setText(listening_.address());
    listeners_->setText(running ? QString::number(listening_.listeners()) : QStringLiteral("–"));
    codec_->setEnabled(!running);
    copy_->setEnabled(running);
    open_->setEnabled(running);
}

}  // namespace doubletalk::ui
