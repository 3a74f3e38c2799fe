// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/aec3_linear_factory.h"

#include <api/audio/echo_canceller3_config.h>

#include <array>
#include <cstddef>

namespace webrtc {

/// The library exports this class but installs no header for it. Only what is called is declared;
/// the bytes stand for its members, so that it is made and deleted with the size it has in version
/// 1.3 on x86-64, which the build checks before it compiles this file.
class EchoCanceller3 : public EchoControl {
public:
    EchoCanceller3(const EchoCanceller3Config& config, int sample_rate_hz,
                   std::size_t num_render_channels, std::size_t num_capture_channels);
    ~EchoCanceller3() override;
    static EchoCanceller3Config CreateDefaultConfig(std::size_t num_render_channels,
                                                    std::size_t num_capture_channels);
    void AnalyzeRender(AudioBuffer* render) override;
    void AnalyzeCapture(AudioBuffer* capture) override;
    void ProcessCapture(AudioBuffer* capture, bool level_change) override;
    void ProcessCapture(AudioBuffer* capture, AudioBuffer* linear_output,
                        bool level_change) override;
    Metrics GetMetrics() const override;
    void SetAudioBufferDelay(int delay_ms) override;
    bool ActiveProcessing() const override;

private:
    alignas(8) [[maybe_unused]] std::array<std::byte, 1024> members_;
};
static_assert(sizeof(EchoCanceller3) == 1032);

}  // namespace webrtc

namespace doubletalk::echo {
namespace {

class Aec3LinearFactory final : public webrtc::EchoControlFactory {
public:
    std::unique_ptr<webrtc::EchoControl> Create(int sample_rate_hz, int num_render_channels,
                                                int num_capture_channels) override {
        const auto render = std::size_t(num_render_channels);
        const auto capture = std::size_t(num_capture_channels);
        auto config = webrtc::EchoCanceller3::CreateDefaultConfig(render, capture);
        config.filter.export_linear_aec_output = true;
        return std::make_unique<webrtc::EchoCanceller3>(config, sample_rate_hz, render, capture);
    }
};

}  // namespace

std::unique_ptr<webrtc::EchoControlFactory> makeAec3LinearFactory() {
    return std::make_unique<Aec3LinearFactory>();
}

}  // namespace doubletalk::echo
