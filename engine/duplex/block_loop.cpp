// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/block_loop.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/thread_role.h"
#include "engine/duplex/command_record.h"

namespace doubletalk::duplex {
namespace {

constexpr int kAssistantHoldBlocks = 30;  // echo goes on this long after the item's last sample
constexpr int kMeterEveryBlocks = 10;

/// A setting as one number: of a choice its place in the list, -1 when it is not there.
double numberOf(const params::ParamRow& row, const params::ParamValue& value) noexcept {
    if (const auto* on = std::get_if<bool>(&value)) return *on ? 1.0 : 0.0;
    if (const auto* number = std::get_if<int>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (row.choices == nullptr) return -1.0;
    const auto choices = row.choices();
    const auto found = std::find(choices.begin(), choices.end(), std::get<Name>(value).view());
    return found == choices.end() ? -1.0 : double(found - choices.begin());
}

}  // namespace

BlockLoop::BlockLoop() = default;
BlockLoop::~BlockLoop() = default;

Result<void> BlockLoop::prepare(const Settings& settings, const LoopOptions& options) {
    settings_ = settings;
    options_ = options;
    rate_ = SampleRate{settings.engine.rate_hz};
    if (!rate_.isEngineRate()) {
        return fail(ErrorKind::usage,
                    "the engine does not run at " + std::to_string(rate_.hz) + " Hz",
                    "engine.rate_hz", "choose 8000, 16000, 32000 or 48000");
    }
    if (auto ok = uplink_.prepare(settings); !ok) return ok;
    if (auto ok = downlink_.prepare(settings); !ok) return ok;
    if (auto ok = turn_.prepare(settings); !ok) return ok;
    if (auto ok = meter_.prepare(rate_, options.truth, options.output_latency_ms,
                                 options.input_latency_ms);
        !ok) {
        return ok;
    }
    if (settings.engine.uplink == "packets") {
        uplink_playout_ = std::make_unique<jitter::Playout>();
        const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
        if (format.rate != rate_) {
            return fail(ErrorKind::unsupported,
                        "an uplink of packets needs stream.rate_hz equal to engine.rate_hz",
                        "engine.uplink", "set both to the same rate");
        }
        if (auto ok = uplink_playout_->prepare(format, settings.jitter, settings.loss); !ok) {
            return ok;
        }
    }
    const int lead = rate_.framesOf(settings.engine.playout_lead_ms);
    feed_.prepare(rate_, lead);
    account_.prepare(lead + rate_.blockFrames());
    uplink_block_.assign(std::size_t(rate_.blockFrames()), 0.0F);
    direct_tap_.assign(std::size_t(rate_.blockFrames()), 0.0F);
    return {};
}

std::vector<std::string> BlockLoop::tapNames() const {
    std::vector<std::string> names{"mic", "far", "linear", "out", "clean"};
    if (options_.direct) names.emplace_back("direct");
    if (options_.truth) names.insert(names.end(), {"echo", "speech", "noise"});
    return names;
}

void BlockLoop::tell(Event event) noexcept {
    if (event_count_ == kMaxEvents) return;
    event.block = block_;
    if (event.frame < 0) event.frame = block_ * rate_.blockFrames();
    events_[std::size_t(event_count_++)] = event;
}

double BlockLoop::heardMs(ItemId item) const noexcept {
    const auto* heard = account_.ledger().find(item);
    if (heard == nullptr) return std::numeric_limits<double>::quiet_NaN();
    return 1000.0 * heard->heard_samples / settings_.stream.rate_hz;
}

void BlockLoop::set(const Command& command) noexcept {
    if (command.setting.row->apply == params::ParamApply::restart) {
        tell({.kind = EventKind::setting_notice,
              .text = command.key,
              .cause = "takes effect at the next start"});
        return;
    }
    const Settings before = settings_;
    command.setting.set(settings_, command.value);
    const auto& now = settings_;
    requests_.canceller |= now.echo.canceller.view() != before.echo.canceller.view() ||
                           now.echo.tail_ms != before.echo.tail_ms;
    requests_.reducer |= now.noise.reducer.view() != before.noise.reducer.view();
    requests_.jitter_buffer |= now.jitter.buffer.view() != before.jitter.buffer.view();
    requests_.concealer |= now.loss.concealer.view() != before.loss.concealer.view();
    requests_.detector |= now.vad.detector.view() != before.vad.detector.view();
    uplink_.setParams(settings_);
    downlink_.setParams(settings_);
    turn_.setParams(settings_);
    if (uplink_playout_) uplink_playout_->setParams(settings_.jitter, settings_.loss);
    tell({.kind = EventKind::parameter_changed,
          .value = numberOf(*command.setting.row, command.setting.get(settings_)),
          .value2 = numberOf(*command.setting.row, command.setting.get(before)),
          .text = command.key,
          .cause = command.source});
}

void BlockLoop::takeCommands(const BlockInput& input) noexcept {
    for (const auto& command : input.commands) {
        switch (command.kind) {
            case CommandKind::set:
                set(command);
                break;
            case CommandKind::interrupt:
                interrupt(input, command.source, command.item);
                break;
            case CommandKind::discard:
                downlink_.discardUpTo(command.item);
                break;
            case CommandKind::reset:
                interrupt(input, command.source, 0);
                uplink_.reference().reset();
                turn_.reset();
                meter_.reset();
                requests_.canceller = requests_.reducer = requests_.jitter_buffer = true;
                requests_.concealer = requests_.detector = true;
                tell({.kind = EventKind::reset,
                      .frame = (block_ + 1) * rate_.blockFrames(),  // as its interruption
                      .cause = command.source});
                break;
            case CommandKind::note:
                if (command.key == "spike") {
                    tell({.kind = EventKind::network_spike,
                          .value = double(command.item),
                          .cause = command.source});
                } else if (command.key == "path_change") {
                    tell({.kind = EventKind::echo_path_changed, .cause = command.source});
                    meter_.pathChanged();
                } else if (command.key == "gap") {
                    tell({.kind = EventKind::gap,
                          .value = rate_.toMs({std::int64_t(command.item)}),
                          .cause = command.source});
                } else if (command.key == "talker_started") {
                    tell({.kind = EventKind::talker_started, .cause = command.source});
                } else if (command.key == "talker_ended") {
                    tell({.kind = EventKind::talker_ended, .cause = command.source});
                }
                break;
        }
    }
}

void BlockLoop::takeAnswers(const BlockInput& input) noexcept {
    for (const auto& answer : input.answers) {
        if (answer.name == "headroom") turn_.setHeadroom(answer.value);
        if (answer.name == "stage" && answer.text == "not built") {
            requests_.canceller = requests_.canceller_failed = requests_.reducer = false;
            requests_.jitter_buffer = requests_.concealer = requests_.detector = false;
            tell({.kind = EventKind::engine_failed, .text = answer.text, .cause = "not built"});
        }
    }
    if (input.swaps == nullptr) return;
    auto& swaps = *input.swaps;
    if (swaps.canceller) {
        // What was set while it was being built is still to come.
        requests_.canceller = settings_.echo.canceller != swaps.built_for.echo.canceller ||
                              settings_.echo.tail_ms != swaps.built_for.echo.tail_ms;
        requests_.canceller_failed = false;
        const Name reason = swaps.canceller_reason;
        uplink_.swap(swaps);
        turn_.distrust();
        tell({.kind = reason.empty() ? EventKind::engine_changed : EventKind::engine_fallback,
              .text = Name(uplink_.traits().name),
              .cause = reason});
    } else if (swaps.reducer) {
        uplink_.swap(swaps);
    }
    if (swaps.reducer) {
        requests_.reducer = settings_.noise.reducer != swaps.built_for.noise.reducer;
        tell({.kind = EventKind::engine_changed, .text = Name(uplink_.reducerName())});
    }
    if (swaps.jitter_buffer) {
        requests_.jitter_buffer = settings_.jitter.buffer != swaps.built_for.jitter.buffer;
        swaps.jitter_buffer = downlink_.playout().swapBuffer(std::move(swaps.jitter_buffer));
        tell({.kind = EventKind::engine_changed, .text = Name(downlink_.playout().bufferName())});
    }
    if (swaps.concealer) {
        requests_.concealer = settings_.loss.concealer != swaps.built_for.loss.concealer;
        swaps.concealer = downlink_.playout().swapConcealer(std::move(swaps.concealer));
        tell(
            {.kind = EventKind::engine_changed, .text = Name(downlink_.playout().concealerName())});
    }
    if (swaps.detector) {
        requests_.detector = settings_.vad.detector != swaps.built_for.vad.detector;
        swaps.detector = turn_.swap(std::move(swaps.detector));
        tell({.kind = EventKind::engine_changed, .text = Name(turn_.detectorName())});
    }
}

void BlockLoop::itemEvents() noexcept {
    for (const auto item : account_.started()) {
        tell({.kind = EventKind::item_started,
              .item = item,
              .value = double(account_.playedFrames())});
    }
    for (const auto item : account_.ended()) {
        tell({.kind = EventKind::item_ended, .item = item, .value = heardMs(item)});
    }
}

bool BlockLoop::wantsDirect(std::span<const session::ExchangeRecord> exchanges) const noexcept {
    auto fill = account_.fillFrames();
    for (const auto& exchange : exchanges) fill -= exchange.queued_frames + exchange.dropped_frames;
    return !downlink_.full(fill);
}

void BlockLoop::takeExchange(const session::ExchangeRecord& exchange) noexcept {
    const auto before = account_.underrunFrames();
    const auto audible_before = account_.lastAudibleFrame();
    account_.rendered(exchange);
    captured_frames_ += exchange.captured_frames;
    if (account_.lastAudibleFrame() != audible_before) {
        // Now, as long as both clocks are seen at the same exchange: either may skip later.
        audible_end_captured_ =
            captured_frames_ - (account_.playedFrames() - account_.lastAudibleFrame() - 1);
    }
    itemEvents();
    // The fade may have gone on from the item that played into the next one, and what the device
    // threw away unheard may have been an item's end.
    if (waiting_for_silence_ && account_.lastItem() > stop_.item &&
        canBeInterrupted(account_.lastItem())) {
        itemInterrupted(account_.lastItem());
    }
    // Sessions from before `faded` was told have only the silence within an exchange.
    const bool silent = exchange.faded || exchange.queued_frames < exchange.playback_frames;
    if (exchange.interrupted && waiting_for_silence_ && silent) {
        tellSilence(exchange);
    } else if (account_.underrunFrames() > before) {
        tell({.kind = EventKind::underrun, .value = double(account_.underrunFrames() - before)});
    }
}

void BlockLoop::tellSilence(const session::ExchangeRecord& exchange) noexcept {
    waiting_for_silence_ = false;
    const auto audible_end = account_.lastAudibleFrame() + 1;
    tell({.kind = EventKind::playback_flushed,
          .item = stop_.item,
          .value = double(exchange.dropped_frames)});
    // t_sil on the capture clock: the last sample's hand-over plus the output latency, not before
    // t_cmd, which is the end of its block. Where nothing sounded it had been silent already.
    const bool sounded = stop_.item != 0 || account_.lastAudibleFrame() > stop_.audible_frame;
    const auto latency = std::llround(options_.output_latency_ms * rate_.hz / 1000.0);
    tell({.kind = EventKind::playback_silent,
          .frame = sounded ? std::max(audible_end_captured_ + std::int64_t(latency), stop_.frame)
                           : stop_.frame,
          .item = stop_.item,
          .value = heardMs(stop_.item),
          .value2 = double(audible_end)});
}

void BlockLoop::takeExchanges(const BlockInput& input) noexcept {
    for (const auto& exchange : input.exchanges) {
        if (exchange.playback_frames > 0) {
            takeExchange(exchange);
            continue;
        }
        // Made up or dropped capture: nothing happened at the loudspeaker.
        captured_frames_ += exchange.captured_frames;
        if (exchange.lost || exchange.captured_frames < 0) {
            uplink_.reference().skip(exchange.captured_frames);
        }
        if (exchange.lost) tell({.kind = EventKind::silence_inserted});
    }
    // Once a block, not once an exchange: a device with two clocks makes several, one side at a
    // time.
    if (!input.exchanges.empty()) {
        uplink_.reference().observe(captured_frames_, account_.playedFrames());
    }
    // The fade of an interruption is no playing any more: it cannot be interrupted again.
    const bool plays = account_.lastItemFrames() > 0 && !account_.lastInterrupted();
    since_playing_ = plays ? 0 : since_playing_ + 1;
}

std::span<const float> BlockLoop::captured(const BlockInput& input) noexcept {
    if (!uplink_playout_) return input.near;
    for (const auto& arrived : input.uplink_packets) {
        uplink_playout_->put(arrived.packet, arrived.arrival_ns);
    }
    const auto wanted = int(uplink_block_.size());
    while (uplink_playout_->available() < wanted) uplink_playout_->tick(input.time_ns);
    uplink_spans_.clear();
    uplink_playout_->read(uplink_block_, uplink_spans_);
    return uplink_block_;
}

void BlockLoop::interrupt(const BlockInput& input, const Name& cause, ItemId up_to) noexcept {
    // The audio of this very block was queued before the decision: it is dropped with the rest.
    if (up_to == 0 && !input.direct.spans.empty()) up_to = input.direct.spans.back().item;
    auto item = account_.playingItem();
    if (!canBeInterrupted(item) && account_.lastInterrupted()) item = account_.lastItem();
    if (!canBeInterrupted(item)) item = downlink_.newestItem();
    if (!canBeInterrupted(item)) item = 0;
    feed_.interrupt(settings_.barge_in.hard_cut ? 0 : rate_.framesOf(settings_.barge_in.fade_ms));
    downlink_.interrupt();
    downlink_.discardDirectUpTo(up_to);
    requests_.interrupted = true;
    since_playing_ = kAssistantHoldBlocks;  // nothing left to interrupt
    // t_cmd is the end of the block, as t_dec is: nothing is computed before it is there.
    const auto frame = (block_ + 1) * rate_.blockFrames();
    // A second one before the silence of the first ends with it.
    if (!waiting_for_silence_) stop_ = {.audible_frame = account_.lastAudibleFrame()};
    stop_.frame = frame;
    stop_.cause = cause;
    waiting_for_silence_ = true;
    tell({.kind = EventKind::interrupt_issued, .frame = frame, .item = item, .cause = cause});
    if (item != 0) itemInterrupted(item);
}

/// It has neither been heard to its end nor been stopped before.
bool BlockLoop::canBeInterrupted(ItemId item) const noexcept {
    if (item == 0) return false;
    const auto* heard = account_.ledger().find(item);
    return heard == nullptr || (!heard->ended && !heard->interrupted);
}

void BlockLoop::itemInterrupted(ItemId item) noexcept {
    stop_.item = item;
    account_.ledger().interrupted(item);
    tell({.kind = EventKind::item_interrupted,
          .frame = stop_.frame,
          .item = item,
          .value = heardMs(item),
          .cause = stop_.cause});
}

void BlockLoop::watchDelay() noexcept {
    const auto& reference = uplink_.reference();
    const auto state = reference.delay();
    if (reference.shiftChange() != 0) {
        turn_.distrust();
        tell({.kind = EventKind::delay_moved,
              .value = 1000.0 * reference.shiftFrames() / rate_.hz,
              .value2 = 1000.0 * reference.shiftChange() / rate_.hz});
    }
    if (state.status == delay_status_) return;
    delay_status_ = state.status;
    static constexpr std::array<std::string_view, 4> kNames{"searching", "locked", "outside window",
                                                            "reference late"};
    tell({.kind = state.status == echo::DelayStatus::reference_late ? EventKind::reference_late
                                                                    : EventKind::delay_state,
          .value = state.delay_ms,
          .text = Name(kNames[std::size_t(state.status)])});
}

void BlockLoop::hear(const BlockInput& input, std::span<const float> near) noexcept {
    uplink_.process(input, near, downlink_.concealed());
    watchDelay();
    if (uplink_.clipped() != clipping_) {
        clipping_ = uplink_.clipped();
        if (clipping_) tell({.kind = EventKind::clipping});
    }
    if (uplink_.canceller().failed() && !requests_.canceller_failed) {
        requests_.canceller_failed = true;
        tell({.kind = EventKind::engine_failed,
              .text = Name(uplink_.traits().name),
              .cause = Name(uplink_.canceller().failure())});
    }
    // A block the engine made up holds no echo: it says nothing of the canceller.
    const auto far = input.lost ? std::span<const float>() : uplink_.reference().echoAligned();
    const auto outcome =
        turn_.process(block_, uplink_.clean(), far, since_playing_ < kAssistantHoldBlocks);
    requests_.headroom = outcome.wants_headroom;
    if (outcome.voice_changed) {
        tell({.kind = outcome.voice ? EventKind::voice_on : EventKind::voice_off});
    }
    if (outcome.segment == speech::SegmentChange::started) {
        tell({.kind = EventKind::segment_started, .frame = turn_.segmenter().startFrame()});
    } else if (outcome.segment == speech::SegmentChange::ended) {
        tell({.kind = EventKind::segment_ended});
    }
    if (outcome.became_ready) {
        tell({.kind = EventKind::canceller_ready, .value = turn_.headroomDb()});
    }
    const auto vad_frame = double(outcome.vad_block * rate_.blockFrames());
    if (outcome.verdict == speech::BargeInVerdict::held) {
        tell({.kind = EventKind::barge_in_held,
              .value = turn_.headroomDb(),
              .value2 = vad_frame,
              .cause = "canceller not ready"});
    } else if (outcome.verdict == speech::BargeInVerdict::fire) {
        // t_dec is the end of the block: its last sample had to be heard.
        tell({.kind = EventKind::barge_in_decided,
              .frame = (block_ + 1) * rate_.blockFrames(),
              .item = account_.playingItem(),
              .value = turn_.headroomDb(),
              .value2 = vad_frame});
        interrupt(input, "barge_in", 0);
    }
}

void BlockLoop::downlinkEvents() noexcept {
    for (const auto& tick : downlink_.ticks()) {
        if (tick.kind == jitter::SlotKind::missing) {
            tell({.kind = EventKind::frame_concealed,
                  .item = tick.item,
                  .value = tick.concealment_started ? 1.0 : 0.0});
        }
    }
}

void BlockLoop::recordInputs(const BlockInput& input) noexcept {
    for (auto exchange : input.exchanges) {
        exchange.block = block_;
        writer_->exchange(exchange);
    }
    writer_->playback(input.playback);
    for (const auto& command : input.commands) writer_->command(toRecord(command, block_));
    for (auto answer : input.answers) {
        answer.block = block_;
        writer_->answer(answer);
    }
    const auto packets = [&](std::span<const ArrivedPacket> arrived, std::uint8_t stream) {
        for (const auto& [packet, arrival_ns] : arrived) {
            writer_->packet({block_, packet.header, arrival_ns, stream}, packet.payload);
        }
    };
    packets(input.packets, 0);
    packets(input.uplink_packets, 1);
    for (auto lost : input.lost_packets) {
        lost.block = block_;
        writer_->packet(lost, {});
    }
    for (const auto& span : input.direct.spans) {
        if (span.item != 0) writer_->command(toRecord(span, block_));
    }
}

void BlockLoop::record(const BlockInput& input) noexcept {
    recordInputs(input);
    std::array<std::span<const float>, 9> taps;
    std::size_t n = 0;
    for (const auto tap : {uplink_.near(), uplink_.reference().far(), uplink_.linear(),
                           uplink_.out(), uplink_.clean()}) {
        taps[n++] = tap;
    }
    if (options_.direct) {
        std::fill(direct_tap_.begin(), direct_tap_.end(), 0.0F);
        std::copy(input.direct.samples.begin(), input.direct.samples.end(), direct_tap_.begin());
        taps[n++] = direct_tap_;
    }
    if (options_.truth) {
        for (const auto tap : {input.truth.echo, input.truth.speech, input.truth.noise}) {
            taps[n++] = tap;
        }
    }
    writer_->block(std::span(taps).first(n));
    for (const auto& event : events()) writer_->event(event);
}

const Requests& BlockLoop::process(BlockInput& input) noexcept {
    DT_ASSERT_THREAD(worker);
    block_ = input.block;
    time_ns_ = input.time_ns;
    event_count_ = 0;
    requests_.headroom = false;
    requests_.interrupted = false;
    if (!told_fallback_ && !uplink_.cancellerReason().empty()) {
        tell({.kind = EventKind::engine_fallback,
              .text = Name(uplink_.traits().name),
              .cause = uplink_.cancellerReason()});
    }
    told_fallback_ = true;
    takeExchanges(input);
    takeAnswers(input);
    takeCommands(input);
    hear(input, captured(input));
    downlink_.process(input, uplink_.reference().ratio(), feed_, account_);
    downlinkEvents();
    meter_.process({.uplink = uplink_,
                    .downlink = downlink_,
                    .turn = turn_,
                    .account = account_,
                    .truth = input.truth,
                    .lost = input.lost,
                    .settings = settings_});
    const bool row = (block_ + 1) % kMeterEveryBlocks == 0;
    if (row) {
        meter_.makeRow();
        if (health_.update(meter_, settings_.health)) {
            tell({.kind = EventKind::health_changed,
                  .value = double(health_.state()),
                  .text = Name(health_.stateName()),
                  .cause = Name(health_.reason())});
        }
        meter_.setHealth(double(health_.state()));
    }
    if (writer_ != nullptr) {
        record(input);
        if (row) {
            const double time_s = double((block_ + 1) * kBlockMs) / 1000.0;
            writer_->metrics(block_, time_s, meter_.row());
        }
    }
    return requests_;
}

}  // namespace doubletalk::duplex
