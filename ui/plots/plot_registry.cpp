// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_registry.h"

#include <QCoreApplication>
#include <array>

#include "ui/plots/buffer_strip.h"
#include "ui/plots/curve_strip.h"
#include "ui/plots/jitter_strip.h"
#include "ui/plots/lane_strip.h"
#include "ui/plots/latency_strip.h"
#include "ui/plots/problem_list.h"
#include "ui/plots/time_stack.h"
#include "ui/plots/voice_strip.h"
#include "ui/plots/waveform_strip.h"

namespace doubletalk::ui {
namespace {

using bench::FeedTap;

QString tr(const char* text) { return QCoreApplication::translate("PlotRegistry", text); }

std::unique_ptr<Strip> makeFar() {
    return std::make_unique<WaveformStrip>(WaveformStrip::Spec{
        FeedTap::far, tr("Far end"), tr("far end"),
        tr("What the loudspeaker plays, the canceller's reference. All waveforms share one scale, "
           "the number is the level of the last 100 ms. Red: made-up audio. Pale: queued, or cut off "
           "by an interruption."),
        "far_dbfs", Token::far_end, {ProblemKind::concealed, ProblemKind::underrun}});
}
std::unique_ptr<Strip> makePlayout() {
    return std::make_unique<WaveformStrip>(WaveformStrip::Spec{
        FeedTap::far, tr("Playout"), tr("playout"),
        tr("What the loudspeaker plays after the jitter buffer. Red: concealed because a packet was "
           "late or lost. Pale: queued, or cut off by an interruption."),
        "far_dbfs", Token::far_end, {ProblemKind::concealed, ProblemKind::underrun}});
}
std::unique_ptr<Strip> makeMicrophone() {
    return std::make_unique<WaveformStrip>(WaveformStrip::Spec{
        FeedTap::microphone, tr("Mic"), tr("microphone"),
        tr("What the microphone hears: echo, user and noise. Good: peaks below −3 dBFS. Red: clipped "
           "or lost; lower the input gain, look at the machine's load."),
        "near_dbfs", Token::microphone, {ProblemKind::clipped, ProblemKind::lost, ProblemKind::gap}});
}
std::unique_ptr<Strip> makeOutput() {
    return std::make_unique<WaveformStrip>(WaveformStrip::Spec{
        FeedTap::output, tr("Output"), tr("output"),
        tr("What is left for the recogniser after echo canceller and noise reducer. Good: flat while "
           "only the assistant speaks, the user's voice otherwise. Red: the canceller made it louder."),
        "out_dbfs", Token::output, {ProblemKind::divergence, ProblemKind::engine}});
}
std::unique_ptr<Strip> makeVoice() { return std::make_unique<VoiceStrip>(); }
std::unique_ptr<Strip> makeTurnLanes() {
    return std::make_unique<LaneStrip>(
        std::vector<Lane>{Lane::assistant, Lane::user, Lane::barge_in, Lane::problems});
}
std::unique_ptr<Strip> makeNetworkLanes() {
    return std::make_unique<LaneStrip>(std::vector<Lane>{Lane::concealed, Lane::lost, Lane::network});
}
std::unique_ptr<Strip> makeErle() {
    return std::make_unique<CurveStrip>(
        tr("ERLE"),
        tr("How much of the echo is removed: after everything, and after the linear stage alone. Good: "
           "above 20 dB within 2 s. The dashed ceiling is the most a linear stage can show over the "
           "room's noise; ERL is what room and gain take off by themselves. Gated: nothing to measure, "
           "the far end is silent or the user speaks."),
        ValueAxis{.unit = "dB", .low = 0.0, .high = 40.0, .decimals = 1, .grows = true,
                  .least_tick_px = 25},
        std::vector<CurveSpec>{
            {"erle_db", tr("final"), Token::output, 2.0, Dash::solid, true},
            {"erle_linear_db", tr("linear"), Token::output, 1.2, Dash::solid, true},
            {"erle_ceiling_db", tr("ceiling"), Token::truth, 1.2, Dash::dashed, true},
            {"erl_db", tr("ERL"), Token::microphone, 1.2, Dash::solid, true}},
        2.0);
}
std::unique_ptr<Strip> makeJitter() { return std::make_unique<JitterStrip>(); }
std::unique_ptr<Strip> makeBuffer() { return std::make_unique<BufferStrip>(); }
std::unique_ptr<Strip> makeLatency() { return std::make_unique<LatencyStrip>(); }

constexpr std::array<PlotRow, 11> kRows{{{"far", makeFar},
                                         {"playout", makePlayout},
                                         {"microphone", makeMicrophone},
                                         {"output", makeOutput},
                                         {"voice", makeVoice},
                                         {"turn_lanes", makeTurnLanes},
                                         {"network_lanes", makeNetworkLanes},
                                         {"erle", makeErle},
                                         {"jitter", makeJitter},
                                         {"buffer", makeBuffer},
                                         {"latency", makeLatency}}};

TimeStack* makeStack(const QString& title, const QString& name, const QString& idle,
                     std::initializer_list<std::string_view> strips, const History& history,
                     TimeView& view, QWidget* parent) {
    auto* stack = new TimeStack(title, name, history, view, parent);
    for (const auto id : strips) stack->addStrip(makeStrip(id));
    stack->setIdleText(idle);
    return stack;
}

}  // namespace

std::span<const PlotRow> plotRows() { return kRows; }

std::unique_ptr<Strip> makeStrip(std::string_view id) {
    for (const auto& row : kRows) {
        if (row.id == id) return row.make();
    }
    return nullptr;
}

TimeStack* makeEchoStack(const History& history, TimeView& view, QWidget* parent) {
    return makeStack(tr("Timeline"), "echo", tr("Waveforms, voice, turns and ERLE appear after Run, R"),
                     {"far", "microphone", "output", "voice", "turn_lanes", "erle"}, history, view,
                     parent);
}

TimeStack* makeLatencyStack(const History& history, TimeView& view, QWidget* parent) {
    return makeStack(tr("Latency by stage"), "latency", tr("Latency appears after Run, R"), {"latency"},
                     history, view, parent);
}

TimeStack* makeNetworkStack(const History& history, TimeView& view, QWidget* parent) {
    return makeStack(tr("Downlink"), "network", tr("Packets and buffer appear after Run, R"),
                     {"playout", "jitter", "buffer", "network_lanes"}, history, view, parent);
}

}  // namespace doubletalk::ui
