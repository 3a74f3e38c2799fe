// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <memory>

namespace doubletalk::bench {
class Bench;
}
namespace doubletalk::net {
class SpeechLink;
struct LinkStatus;
struct SpeechEnd;
struct SpeechPiece;
}  // namespace doubletalk::net
class QWidget;

namespace doubletalk::ui {

class LampButton;
class SpokenStream;

/// Remote speech in the window: two lamp buttons with their menus, the engine's cleaned audio to
/// the recogniser, and what the synthesiser sends into the bench's speech queue. Thread: gui.
class SpeechServices : public QObject {
    Q_OBJECT
public:
    /// bench outlives it; the buttons belong to parent.
    SpeechServices(bench::Bench& bench, QWidget* parent);
    ~SpeechServices() override;

    [[nodiscard]] LampButton* sttButton() { return stt_; }
    [[nodiscard]] LampButton* ttsButton() { return tts_; }
    [[nodiscard]] bool sttConnected() const { return stt_connected_; }
    [[nodiscard]] bool ttsConnected() const { return tts_connected_; }
    /// Lets the remote service say it; false: it is not connected, which is told.
    bool speak(const QString& text, const QString& voice);
    void interrupted();

signals:
    void understood(double start_s, double end_s, const QString& text);
    void failed(const QString& what);
    /// What failed() said is over; left: what is not, or nothing.
    void recovered(const QString& what, const QString& left);

private:
    void addMenu(LampButton& button, const QString& key, const QString& standard, bool stt);
    void setOpen(bool stt, bool open);
    void askAddress(bool stt);
    /// Says once what is wrong with each of them; empty: no longer.
    void tell(bool stt, const QString& trouble);
    void showStatus(bool stt, const net::LinkStatus& status);
    void take(const net::SpeechPiece& piece);
    void end(const net::SpeechEnd& end);

    bench::Bench& bench_;
    struct Gate;
    std::unique_ptr<net::SpeechLink> link_;
    std::shared_ptr<Gate> gate_;  ///< between a run's thread and the link
    LampButton* stt_;
    LampButton* tts_;
    bool stt_connected_ = false, tts_connected_ = false;
    bool stt_renewing_ = false;  ///< what comes is still of the run before
    QString stt_trouble_, tts_trouble_;
    QString told_;  ///< of both
    int next_id_ = 1;
    QHash<QString, std::shared_ptr<SpokenStream>> utterances_;
};

}  // namespace doubletalk::ui
