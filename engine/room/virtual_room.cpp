// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/virtual_room.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/core/random.h"
#include "engine/dsp/partitioned_convolver.h"
#include "engine/dsp/sinc_table.h"
#include "engine/room/image_source.h"
#include "engine/room/loudspeaker.h"
#include "engine/room/talker_stage.h"
#include "engine/room/two_clocks.h"

namespace doubletalk::room {
namespace {

constexpr double kNoNoiseDbfs = -120.0;

double amplitude(double db) { return std::pow(10.0, db / 20.0); }

Point size(const RoomParams& p) { return {p.length_m, p.width_m, p.height_m}; }
Point loudspeaker(const RoomParams& p) {
    return {p.loudspeaker_x_m, p.loudspeaker_y_m, p.loudspeaker_z_m};
}
Point microphone(const RoomParams& p) {
    return {p.microphone_x_m, p.microphone_y_m, p.microphone_z_m};
}
Point talker(const RoomParams& p) { return {p.talker_x_m, p.talker_y_m, p.talker_z_m}; }

/// Response with its way through the air taken off: the talker's signal is already timed there.
std::vector<float> fromDirectSound(const RoomResponse& response, double distance_m,
                                   SampleRate rate) {
    const auto skip = std::size_t(distance_m / kSpeedOfSound * rate.hz + 0.5);
    const auto& h = response.samples;
    return {h.begin() + std::ptrdiff_t(std::min(skip, h.size() - 1)), h.end()};
}

}  // namespace

struct VirtualRoom::Impl {
    SampleRate rate;
    RoomParams params;
    std::uint64_t seed = 0;
    TwoClocks clocks;
    int delay_frames = 0;
    std::int64_t blocks = 0;

    Loudspeaker speaker;
    TalkerStage talkers;
    Random noise;
    dsp::PartitionedConvolver convolver;  // path in use, without the echo gain
    dsp::PartitionedConvolver next_convolver;
    bool fade = false;
    double gain = 1.0, next_gain = 1.0;
    double noise_amplitude = 0.0;
    float clip = 1.0F;
    std::vector<float> path, response;  // without and with the echo gain
    std::vector<float> next_path;
    std::vector<float> past;  // what sounded lately, newest last: warms up a new path
    std::vector<float> sounding, faded, echo, speech, noise_block;

    Result<void> prepare(const RoomParams& wanted, std::vector<TalkerSignal> signals);
    Result<RoomResponse> pathOf(const RoomParams& p) const;
    Result<void> placeTalkers(const RoomParams& p);
    Result<void> changePath(const RoomParams& p);
    void setLive(const RoomParams& p) noexcept;
    void makeEcho() noexcept;
    void remember() noexcept;
    void scaleResponse() noexcept;
};

Result<RoomResponse> VirtualRoom::Impl::pathOf(const RoomParams& p) const {
    return imageSourceResponse({size(params), loudspeaker(p), microphone(p), p.rt60_ms}, rate,
                               deriveSeed(seed, "echo path"));
}

Result<void> VirtualRoom::Impl::placeTalkers(const RoomParams& p) {
    const auto made = imageSourceResponse({size(params), talker(p), microphone(p), p.rt60_ms}, rate,
                                          deriveSeed(seed, "talker path"));
    if (!made) return tl::unexpected(made.error());
    const double distance_m = distanceM(talker(p), microphone(p));
    return talkers.setResponse(fromDirectSound(*made, distance_m, rate));
}

Result<void> VirtualRoom::Impl::prepare(const RoomParams& wanted,
                                        std::vector<TalkerSignal> signals) {
    if (!rate.isEngineRate()) {
        return fail(ErrorKind::usage, std::to_string(rate.hz) + " Hz is no rate of the engine",
                    "room", "use 8000, 16000, 32000 or 48000 Hz");
    }
    params = wanted;
    clocks = TwoClocks(params.loudspeaker_ppm, params.microphone_ppm);
    delay_frames = rate.framesOf(params.bulk_delay_ms);
    if (!clocks.agree() && delay_frames < dsp::SincTable::kAfter + 1) {
        return fail(ErrorKind::usage,
                    "with clocks that differ the room needs some bulk delay to read between "
                    "samples",
                    "room.bulk_delay_ms", "set it to 3 ms or more, or both clocks alike");
    }
    const auto block = std::size_t(rate.blockFrames());
    blocks = 0;
    speaker.prepare(clocks, delay_frames, int(block) + 2);
    talkers.prepare(rate, clocks, std::move(signals));
    noise = Random(deriveSeed(seed, "microphone noise"));
    fade = false;
    for (auto* buffer : {&sounding, &faded, &echo, &speech, &noise_block}) {
        buffer->assign(block, 0.0F);
    }
    auto made = pathOf(params);
    if (!made) return tl::unexpected(made.error());
    path = std::move(made->samples);
    if (auto ready = convolver.prepare(int(block), path); !ready) return ready;
    past.assign((path.size() / block + 2) * block, 0.0F);
    setLive(params);
    gain = next_gain;
    response = path;
    scaleResponse();
    return placeTalkers(params);
}

void VirtualRoom::Impl::setLive(const RoomParams& p) noexcept {
    params.noise_dbfs = p.noise_dbfs;
    params.loudspeaker_clip_dbfs = p.loudspeaker_clip_dbfs;
    params.microphone_clip_dbfs = p.microphone_clip_dbfs;
    params.echo_gain_db = p.echo_gain_db;
    noise_amplitude = p.noise_dbfs > kNoNoiseDbfs ? amplitude(p.noise_dbfs) : 0.0;
    clip = float(amplitude(std::min(p.microphone_clip_dbfs, 0.0)));
    speaker.setClip(p.loudspeaker_clip_dbfs);
    next_gain = amplitude(p.echo_gain_db);
    scaleResponse();
}

void VirtualRoom::Impl::scaleResponse() noexcept {
    const std::size_t n = std::min(response.size(), path.size());
    for (std::size_t i = 0; i < n; ++i) response[i] = float(next_gain * path[i]);
}

Result<void> VirtualRoom::Impl::changePath(const RoomParams& p) {
    auto made = pathOf(p);
    if (!made) return tl::unexpected(made.error());
    if (auto placed = placeTalkers(p); !placed) return placed;
    const auto block = std::size_t(rate.blockFrames());
    dsp::PartitionedConvolver warm;
    if (auto ready = warm.prepare(int(block), made->samples); !ready) return ready;
    // The new path has always been there for the sound still on its way: past sound goes through
    // it first. A longer path needs more past than was kept; that was silence or is lost in the
    // tail's end, and is kept from now on.
    std::vector<float> out(block);
    for (std::size_t at = 0; at < past.size(); at += block) {
        warm.process(std::span(past).subspan(at, block), out);
    }
    const std::size_t keep = (made->samples.size() / block + 2) * block;
    if (keep > past.size()) past.insert(past.begin(), keep - past.size(), 0.0F);
    next_convolver = std::move(warm);
    path = std::move(made->samples);
    fade = true;
    const RoomParams old = params;
    params = p;
    params.length_m = old.length_m;
    params.width_m = old.width_m;
    params.height_m = old.height_m;
    response = path;
    setLive(p);
    return {};
}

/// past holds whole blocks; the newest replaces the oldest.
void VirtualRoom::Impl::remember() noexcept {
    std::copy(past.begin() + std::ptrdiff_t(sounding.size()), past.end(), past.begin());
    std::copy(sounding.begin(), sounding.end(), past.end() - std::ptrdiff_t(sounding.size()));
}

void VirtualRoom::Impl::makeEcho() noexcept {
    convolver.process(sounding, echo);
    if (fade) {
        next_convolver.process(sounding, faded);
        for (std::size_t i = 0; i < echo.size(); ++i) {
            const float weight = (float(i) + 0.5F) / float(echo.size());
            echo[i] = weight * faded[i] + (1.0F - weight) * echo[i];
        }
        std::swap(convolver, next_convolver);
        fade = false;
    }
    const double step = (next_gain - gain) / double(echo.size());
    for (std::size_t i = 0; i < echo.size(); ++i) {
        echo[i] = float((step == 0.0 ? gain : gain + step * (double(i) + 0.5)) * echo[i]);
    }
    gain = next_gain;
    remember();
}

VirtualRoom::VirtualRoom() : impl_(std::make_unique<Impl>()) {}
VirtualRoom::~VirtualRoom() = default;
VirtualRoom::VirtualRoom(VirtualRoom&&) noexcept = default;
VirtualRoom& VirtualRoom::operator=(VirtualRoom&&) noexcept = default;

Result<void> VirtualRoom::prepare(SampleRate rate, const RoomParams& params, std::uint64_t seed,
                                  std::vector<TalkerSignal> talkers) {
    impl_ = std::make_unique<Impl>();
    impl_->rate = rate;
    impl_->seed = seed;
    return impl_->prepare(params, std::move(talkers));
}

int VirtualRoom::framesWanted() const noexcept {
    const std::int64_t block = impl_->rate.blockFrames();
    return int(impl_->clocks.consumedAt((impl_->blocks + 1) * block) -
               impl_->clocks.consumedAt(impl_->blocks * block));
}

int VirtualRoom::maxFramesWanted() const noexcept {
    return int(std::ceil(impl_->clocks.playbackAt(impl_->rate.blockFrames()))) + 1;
}

void VirtualRoom::advance(std::span<const float> played, std::span<float> microphone) noexcept {
    Impl& m = *impl_;
    const auto wanted = std::size_t(framesWanted());
    m.speaker.put(played.first(std::min(played.size(), wanted)));
    for (std::size_t i = played.size(); i < wanted; ++i) {
        const float silence = 0.0F;
        m.speaker.put({&silence, 1});
    }
    const std::int64_t first = m.blocks * m.rate.blockFrames();
    m.speaker.sound(first, m.sounding);
    m.makeEcho();
    m.talkers.speech(first, m.speech);
    // Drawn even when unused: a change of level never shifts the numbers that follow.
    for (float& n : m.noise_block) n = float(m.noise_amplitude * m.noise.normal());
    const std::size_t n = std::min(microphone.size(), m.echo.size());
    for (std::size_t i = 0; i < n; ++i) {
        microphone[i] = std::clamp(m.echo[i] + m.speech[i] + m.noise_block[i], -m.clip, m.clip);
    }
    ++m.blocks;
}

Truth VirtualRoom::truth() const noexcept {
    return {impl_->echo, impl_->speech, impl_->noise_block};
}

void VirtualRoom::setParams(const RoomParams& params) noexcept { impl_->setLive(params); }

Result<void> VirtualRoom::changePath(const RoomParams& params) { return impl_->changePath(params); }

std::span<const float> VirtualRoom::echoResponse() const noexcept { return impl_->response; }

double VirtualRoom::outputLatencyMs() const noexcept {
    return 1000.0 * impl_->delay_frames / impl_->clocks.loudspeakerRate(impl_->rate.hz);
}

int VirtualRoom::referenceLateFrames() const noexcept {
    return impl_->rate.framesOf(impl_->params.reference_late_ms);
}

}  // namespace doubletalk::room
