// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/playout.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/discard_list.h"
#include "engine/jitter/fixed_buffer.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/jitter/silence_concealer.h"
#include "engine/jitter/stream_check.h"

namespace doubletalk::jitter {
namespace {

constexpr double kInterruptionMs = 150.0;
constexpr float kSilentPeak = 1e-3F;  ///< -60 dBFS
constexpr int kQueueFrames = 6;       ///< frame lengths the queue holds

double ratio(std::int64_t part, std::int64_t all) {
    return all > 0 ? double(part) / double(all) : std::numeric_limits<double>::quiet_NaN();
}

float peakOf(std::span<const float> x) {
    float peak = 0.0F;
    for (const float v : x) peak = std::max(peak, std::abs(v));
    return peak;
}

}  // namespace

double PlayoutState::concealedRatio() const { return ratio(concealed_frames, output_frames); }

double PlayoutState::silentConcealedRatio() const {
    return ratio(silent_concealed_frames, output_frames);
}

struct Playout::Impl {
    StreamFormat format;
    JitterParams jitter;
    LossParams loss;
    std::unique_ptr<JitterBuffer> buffer;
    DiscardList discarded;  ///< for the buffer that is switched to
    JitterState before;     ///< counters of the stream that active() does not have
    FixedBuffer direct;     ///< stands in while the jitter buffer is off
    std::unique_ptr<Concealer> concealer;
    SilenceConcealer silence;
    dsp::TimeStretch stretch;
    std::vector<float> frame, stretched, queue;
    int queued = 0;
    ProvenanceQueue spans, kept_spans;
    PlayoutState counts;
    ItemId item = 0;           ///< of the last played frame
    double item_sample = 0.0;  ///< where it ended
    double item_ratio = 1.0;
    int missing_run = 0;  ///< [slots] in a row

    [[nodiscard]] JitterBuffer& active() noexcept {
        return jitter.enabled ? *buffer : static_cast<JitterBuffer&>(direct);
    }
    [[nodiscard]] const JitterBuffer& active() const noexcept {
        return jitter.enabled ? *buffer : static_cast<const JitterBuffer&>(direct);
    }
    [[nodiscard]] Concealer& activeConcealer() noexcept {
        return loss.enabled ? *concealer : static_cast<Concealer&>(silence);
    }
    [[nodiscard]] double toMs(double frames) const { return 1000.0 * frames / format.rate.hz; }

    bool decode(const PacketView& packet) noexcept;
    void append(std::span<const float> samples, const ProvenanceSpan& span) noexcept;
    void playFrame(const Slot& slot, std::int64_t slot_ns, PlayoutTick& tick) noexcept;
    void playMissing(bool passed, PlayoutTick& tick) noexcept;
    void playIdle(PlayoutTick& tick) noexcept;
    void switchOver(JitterBuffer& from, JitterBuffer& to) noexcept;
    int dropQueued(ItemId dropped) noexcept;
};

bool Playout::Impl::decode(const PacketView& packet) noexcept {
    const auto frames = static_cast<std::size_t>(packet.header.frames);
    if (packet.header.payload_type != PayloadType::pcm16 || frames == 0 || frames > frame.size() ||
        packet.payload.size() != frames * 2) {
        return false;
    }
    for (std::size_t i = 0; i < frames; ++i) {
        const auto low = std::to_integer<unsigned>(packet.payload[2 * i]);
        const auto high = std::to_integer<unsigned>(packet.payload[2 * i + 1]);
        const auto value = static_cast<std::int16_t>(static_cast<std::uint16_t>(low | high << 8));
        frame[i] = static_cast<float>(value) / 32768.0F;
    }
    std::fill(frame.begin() + static_cast<std::ptrdiff_t>(frames), frame.end(), 0.0F);
    return true;
}

void Playout::Impl::append(std::span<const float> samples, const ProvenanceSpan& span) noexcept {
    const int room = static_cast<int>(queue.size()) - queued;
    const int fits = std::min(room, static_cast<int>(samples.size()));
    std::copy_n(samples.begin(), fits, queue.begin() + queued);
    queued += fits;
    ProvenanceSpan taken = span;
    taken.frames = fits;
    spans.append(taken);
    counts.queue_overflow_frames += static_cast<int>(samples.size()) - fits;
}

void Playout::Impl::playFrame(const Slot& slot, std::int64_t slot_ns, PlayoutTick& tick) noexcept {
    const PacketHeader& header = slot.packet.header;
    const int length = format.frameFrames();
    activeConcealer().process(frame, frame);
    // A short last packet is followed by silence of its item that must not be stretched into it.
    const bool whole = header.frames == length;
    const int wish = whole ? slot.stretch_frames : 0;
    const int done = stretch.process(frame, wish, stretched);
    active().stretched(done);
    const int total = length + done;
    const int own = whole ? total : header.frames;
    ProvenanceSpan span;
    span.item = header.item;
    span.item_sample = header.item_sample;
    span.item_samples_per_frame =
        header.item_samples_per_frame * double(header.frames) / double(own);
    span.last = header.last;
    const double queue_ms = toMs(queued);
    append(std::span(stretched).first(own), span);
    item = header.item;
    item_ratio = header.item_samples_per_frame;
    item_sample = header.item_sample + item_ratio * header.frames;
    if (own < total) {
        append(std::span(stretched).subspan(own, total - own),
               {.item = 0, .item_sample = 0.0, .item_samples_per_frame = 0.0});
    }
    counts.inserted_frames += std::max(done, 0);
    counts.removed_frames += std::max(-done, 0);
    counts.output_frames += total;
    ++counts.played_slots;
    counts.delay_ms = double(slot_ns - slot.arrival_ns) * 1e-6 + queue_ms;
    missing_run = 0;
    tick.item = header.item;
    tick.sequence = header.sequence;
    tick.frames = total;
    tick.stretched_frames = done;
    tick.item_last = header.last;
}

void Playout::Impl::playMissing(bool passed, PlayoutTick& tick) noexcept {
    const int length = format.frameFrames();
    activeConcealer().process({}, frame);
    stretch.process(frame, 0, stretched);
    ProvenanceSpan span;
    span.item = item;
    span.item_sample = item_sample;
    span.item_samples_per_frame = passed ? item_ratio : 0.0;
    span.concealed = true;
    append(std::span(stretched).first(length), span);
    if (passed) item_sample += item_ratio * length;
    counts.output_frames += length;
    counts.concealed_frames += length;
    if (peakOf(std::span(stretched).first(length)) < kSilentPeak) {
        counts.silent_concealed_frames += length;
    }
    ++counts.missing_slots;
    tick.concealment_started = missing_run == 0;
    counts.concealment_events += tick.concealment_started ? 1 : 0;
    const double before_ms = double(missing_run) * format.frame_ms;
    ++missing_run;
    const double now_ms = double(missing_run) * format.frame_ms;
    tick.interruption_counted = before_ms < kInterruptionMs && now_ms >= kInterruptionMs;
    counts.playout_interruptions += tick.interruption_counted ? 1 : 0;
    tick.item = item;
    tick.frames = length;
}

void Playout::Impl::playIdle(PlayoutTick& tick) noexcept {
    const int length = format.frameFrames();
    std::fill(frame.begin(), frame.end(), 0.0F);
    stretch.process(frame, 0, stretched);
    append(std::span(stretched).first(length),
           {.item = 0, .item_sample = 0.0, .item_samples_per_frame = 0.0});
    ++counts.idle_slots;
    missing_run = 0;
    tick.frames = length;
}

/// The other one begins at this place of the stream, with what waits, and knows nothing of what was
/// played without it.
void Playout::Impl::switchOver(JitterBuffer& from, JitterBuffer& to) noexcept {
    before.addCounters(from.state(), 1);
    to.reset();
    for (const ItemId item : discarded.items()) to.discardItem(item);
    before.addCounters(to.state(), -1);
    PacketView packet;
    std::int64_t arrival_ns = 0;
    std::int64_t latest_ns = std::numeric_limits<std::int64_t>::min();
    while (from.takeOldest(packet, arrival_ns)) {
        latest_ns = std::max(latest_ns, arrival_ns);
        to.put(packet, latest_ns);
        --before.received;  // counted when it came
    }
}

int Playout::Impl::dropQueued(ItemId dropped) noexcept {
    kept_spans.clear();
    int from = 0, to = 0;
    while (!spans.empty()) {
        const ProvenanceSpan span = spans.take(spans.frames());
        const int n = static_cast<int>(span.frames);
        if (span.item != dropped) {
            std::copy_n(queue.begin() + from, n, queue.begin() + to);
            kept_spans.append(span);
            to += n;
        }
        from += n;
    }
    spans = kept_spans;
    const int gone = queued - to;
    queued = to;
    return gone;
}

Playout::Playout() : impl_(std::make_unique<Impl>()) {}

Playout::~Playout() = default;

Result<void> Playout::prepare(const StreamFormat& format, const JitterParams& jitter,
                              const LossParams& loss) {
    if (auto ok = checkStream(format); !ok) return ok;
    auto& m = *impl_;
    auto buffer = createJitterBuffer(jitter.buffer.view());
    if (!buffer) return tl::unexpected(buffer.error());
    auto concealer = createConcealer(loss.concealer.view());
    if (!concealer) return tl::unexpected(concealer.error());
    JitterParams on = jitter;
    on.enabled = true;
    if (auto ok = (*buffer)->prepare(format, on); !ok) return ok;
    if (auto ok = (*concealer)->prepare(format, loss); !ok) return ok;
    JitterParams off;
    off.enabled = false;
    off.target_ms = off.min_ms = off.max_ms = 0;
    if (auto ok = m.direct.prepare(format, off); !ok) return ok;
    if (auto ok = m.silence.prepare(format, loss); !ok) return ok;
    m.buffer = std::move(*buffer);
    m.concealer = std::move(*concealer);
    m.format = format_ = format;
    m.jitter = jitter;
    m.loss = loss;
    const int length = format.frameFrames();
    m.stretch.prepare(format.rate, length);
    m.frame.assign(static_cast<std::size_t>(length), 0.0F);
    m.stretched.assign(static_cast<std::size_t>(length + m.stretch.maxInsertFrames()), 0.0F);
    m.queue.assign(static_cast<std::size_t>(kQueueFrames * length) +
                       static_cast<std::size_t>(format.rate.framesOf(100.0)),
                   0.0F);
    m.counts = {};
    m.before = {};
    reset();
    return {};
}

PutResult Playout::put(const PacketView& packet, std::int64_t arrival_ns) noexcept {
    return impl_->active().put(packet, arrival_ns);
}

void Playout::passBy(const PacketView& packet, std::int64_t arrival_ns) noexcept {
    impl_->active().passBy(packet, arrival_ns);
}

PlayoutTick Playout::tick(std::int64_t slot_ns) noexcept {
    auto& m = *impl_;
    PlayoutTick tick;
    const double buffered_ms = m.active().state().buffer_ms + m.toMs(m.queued);
    const Slot slot = m.active().get(slot_ns);
    tick.kind = slot.kind;
    if (slot.kind == SlotKind::frame && !m.decode(slot.packet)) {
        ++m.counts.undecodable;
        tick.kind = SlotKind::missing;
    }
    switch (tick.kind) {
        case SlotKind::frame:
            m.playFrame(slot, slot_ns, tick);
            break;
        case SlotKind::missing:
            m.playMissing(slot.passed, tick);
            break;
        case SlotKind::idle:
            m.playIdle(tick);
            break;
    }
    tick.lead_ms = buffered_ms;
    if (tick.kind == SlotKind::missing && buffered_ms <= 0.0) {
        tick.lead_ms = -double(m.missing_run) * format_.frame_ms;
    }
    m.counts.playout_lead_ms = tick.lead_ms;
    return tick;
}

int Playout::available() const noexcept { return impl_->queued; }

int Playout::read(std::span<float> out, ProvenanceQueue& spans) noexcept {
    auto& m = *impl_;
    const int n = std::min(m.queued, static_cast<int>(out.size()));
    std::copy_n(m.queue.begin(), n, out.begin());
    std::copy(m.queue.begin() + n, m.queue.begin() + m.queued, m.queue.begin());
    m.queued -= n;
    for (std::int64_t left = n; left > 0;) {
        const ProvenanceSpan span = m.spans.take(left);
        if (span.frames == 0) break;
        spans.append(span);
        left -= span.frames;
    }
    return n;
}

int Playout::discardItem(ItemId item) noexcept {
    auto& m = *impl_;
    m.discarded.add(item);
    m.active().discardItem(item);
    if (item == m.item) m.missing_run = 0;
    return m.dropQueued(item);
}

void Playout::setParams(const JitterParams& jitter, const LossParams& loss) noexcept {
    auto& m = *impl_;
    const bool was_on = m.jitter.enabled;
    m.jitter = jitter;
    m.loss = loss;
    JitterParams on = jitter;
    on.enabled = true;
    m.buffer->setParams(on);
    m.concealer->setParams(loss);
    if (was_on && !jitter.enabled) m.switchOver(*m.buffer, m.direct);
    if (!was_on && jitter.enabled) m.switchOver(m.direct, *m.buffer);
}

std::unique_ptr<JitterBuffer> Playout::swapBuffer(std::unique_ptr<JitterBuffer> prepared) noexcept {
    auto& m = *impl_;
    if (!prepared) return prepared;
    if (m.jitter.enabled) m.switchOver(*m.buffer, *prepared);
    std::swap(m.buffer, prepared);
    return prepared;
}

std::unique_ptr<Concealer> Playout::swapConcealer(std::unique_ptr<Concealer> prepared) noexcept {
    if (!prepared) return prepared;
    std::swap(impl_->concealer, prepared);
    return prepared;
}

void Playout::reset() {
    auto& m = *impl_;
    m.buffer->reset();
    m.direct.reset();
    m.discarded.clear();
    m.concealer->reset();
    m.stretch.reset();
    m.queued = 0;
    m.spans.clear();
    m.item = 0;
    m.item_sample = 0.0;
    m.item_ratio = 1.0;
    m.missing_run = 0;
}

PlayoutState Playout::state() const noexcept {
    const auto& m = *impl_;
    PlayoutState state = m.counts;
    state.jitter = m.active().state();
    state.jitter.addCounters(m.before, 1);
    state.queue_ms = m.toMs(m.queued);
    return state;
}

std::string_view Playout::bufferName() const noexcept { return impl_->buffer->name(); }

std::string_view Playout::concealerName() const noexcept { return impl_->concealer->name(); }

}  // namespace doubletalk::jitter
