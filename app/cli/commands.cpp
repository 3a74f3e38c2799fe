// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include <array>

namespace doubletalk::cli {

const char* const kMainFooter = R"(
First steps:
  doubletalk-cli scenes                          what there is to run
  doubletalk-cli run --scene barge_in            run it and read the summary
  doubletalk-cli run --scene barge_in --record s --json
  doubletalk-cli replay s --set echo.tail_ms=128 which decisions change?

Results go to standard output, diagnostics and progress to standard error.
--json prints exactly one JSON object; a missing value is null.
Exit codes: 0 done, 1 failed, 2 wrong usage.
Settings come from defaults < the scene < a settings file < environment (DOUBLETALK_ECHO_TAIL_MS=256)
< --set echo.tail_ms=256; 'doubletalk-cli settings' lists them all with range, unit and source.)";

namespace {

constexpr std::string_view kRunFooter = R"(
Examples:
  doubletalk-cli run --scene barge_in
  doubletalk-cli run --scene my_scene.json --set echo.canceller=webrtc --set echo.tail_ms=128
  doubletalk-cli run --scene double_talk --record sessions/one --json > metrics.json

The scene runs on a virtual clock, as fast as the machine can, unless --realtime is given: the result
is the same for the same seed and settings. Names end in their unit: _ms milliseconds, _db decibel,
_dbfs decibel full scale, _hz, _ppm, _ratio 0..1, _percent. Ctrl-C ends the run and the recording.
real_time_factor: computing time / duration of the audio (of all streams), below 1 is faster than real time.)";

constexpr std::string_view kReplayFooter = R"(
Examples:
  doubletalk-cli replay sessions/one
  doubletalk-cli replay sessions/one --set barge_in.trigger_dbfs=-36
  doubletalk-cli replay sessions/one --loop open --expect-identical

open: microphone, reference and packets come from the session. closed: scene, seed, commands and the
assistant's audio are kept, room and network are computed again. Without --loop: closed for a scene
session with a changed setting, else open; room.* and network.* have no effect in an open loop.
Decisions and differences after the first changed decision are marked and counted apart.)";

constexpr std::string_view kEchoFooter = R"(
Examples:
  doubletalk-cli echo --far far.wav --mic mic.wav --out clean.wav --canceller speexdsp
  doubletalk-cli echo --far f.flac --mic m.flac --out o.wav --canceller webrtc --reducer speex
  doubletalk-cli echo --far f.wav --mic m.wav --out o.wav --canceller webrtc --json

WAV, FLAC, MP3, AAC and Opus of any rate and channel count. The output has the rate and the length of the
microphone file and lies sample on sample with it; it is mono. ERLE counts blocks with active far end and no voice
on the output (estimated: nobody knows the near end of a recording); null when there is none.
echo_delay_state: 0 searching, 1 locked, 2 outside the window (0..500 ms), 3 reference late.
nlms has 1024 taps whatever echo.tail_ms says.
real_time_factor: computing time / duration of the audio, below 1 is faster than real time.)";

constexpr std::string_view kNoiseFooter = R"(
Examples:
  doubletalk-cli noise noisy.wav clean.wav --reducer webrtc
  doubletalk-cli noise noisy.flac clean.flac --reducer speex --set noise.strength_ratio=0.5

The output has the rate and the length of the input, lies sample on sample with it and is mono.
real_time_factor: computing time / duration of the audio, below 1 is faster than real time.)";

constexpr std::string_view kConcealFooter = R"(
Examples:
  doubletalk-cli conceal speech.wav out.wav --lost lost.txt --frame-ms 20 --concealer repeat

The file of lost frames (64 MiB at most) has one frame number a line, from 0; empty lines and lines
with # are skipped.
Frame n covers n * frame-ms to (n + 1) * frame-ms of the input.
real_time_factor: computing time / duration of the audio, below 1 is faster than real time.)";

constexpr std::string_view kJitterFooter = R"(
Examples:
  doubletalk-cli jitter trace.csv --buffer adaptive
  doubletalk-cli jitter trace.csv --buffer fixed --set jitter.target_ms=100 --json

The trace: a first line '# origin | licence | note | frame_ms=20', then seq,send_ms,arrival_ms; an
empty arrival is a lost packet. Delays are above the smallest one of the trace. r_factor (G.107 with
60 ms base delay: 93.2 at best, below 0 for the worst traces) and mos are indicative. late: came after
its play-out time; discarded: arrived but was never played, because it was late or because the buffer
skipped it to shorten its delay.)";

constexpr std::string_view kScenesFooter = R"(
Examples:
  doubletalk-cli scenes
  doubletalk-cli scenes --json)";

constexpr std::string_view kSettingsFooter = R"(
Examples:
  doubletalk-cli settings
  DOUBLETALK_ECHO_TAIL_MS=128 doubletalk-cli settings --json
  doubletalk-cli settings --settings mine.json --set jitter.buffer=fixed

Sources, weakest first: default, scene, file (--settings, else doubletalk/settings.json in
$XDG_CONFIG_HOME or ~/.config), environment (DOUBLETALK_<MODULE>_<NAME>), command line (--set).)";

constexpr std::string_view kDevicesFooter = R"(
Examples:
  doubletalk-cli devices
  doubletalk-cli devices --measure-latency
  doubletalk-cli devices --measure-latency --input alsa_input.usb-1 --output alsa_output.usb-1 --json

The measurement plays short chirps (200 to 6000 Hz, 100 ms) and finds them in what the microphone hears:
round_trip_ms is the median from handing a frame over to getting it back, spread_ms the largest less the
smallest, confidence_ratio how well they fit (1: exactly). It refuses when too few come back.)";

constexpr std::string_view kDemoFooter = R"(
Example:
  doubletalk-cli demo --out demo

The assistant speaks through a simulated network and room, a recorded talker interrupts, playback
stops. Writes DIR/report.txt, DIR/metrics.json and the recording DIR/session (an earlier one of the
demonstration is replaced).)";

constexpr std::string_view kServeFooter = R"(
Examples:
  doubletalk-cli serve stt
  doubletalk-cli serve listen --mode demo
  doubletalk-cli serve tts --port 9000 --bind 0.0.0.0 --cert cert.pem --key key.pem

A service prints one line when it listens and runs until Ctrl-C. It is heard on this computer only unless
--bind says otherwise; web pages are refused unless --allow-origin names them. Wrong or too large
messages end a connection with a close code and its reason.)";

constexpr std::string_view kCodecBenchFooter = R"(
Examples:
  doubletalk-cli codec-bench --quick
  doubletalk-cli codec-bench --json

One thread, blocks of 64 KiB of 16-bit PCM, noise at -20 dBFS; of all rounds the fastest counts. The
ratio is to memcpy of the same block: 1 is as fast as copying. Bits are compared with the arithmetic
of the Recommendation, on every sample and every code. libavcodec and spandsp, where this program was
built with it, do the same in the same rounds.)";

constexpr std::string_view kSendFooter = R"(
Examples:
  doubletalk-cli send --wav speech.wav
  doubletalk-cli send --wav music.wav --sample-rate 48000 --channels 1 --resample --seconds 0
  doubletalk-cli send --sine 440 --host 192.168.1.7 --ingest-port 23457

Sends 16-bit audio at the pace of real time to 'doubletalk-cli serve listen', which plays it in browsers.
A file of another rate or other channels than asked for is refused unless --resample is given. Ctrl-C
ends the stream in good order.)";

constexpr std::string_view kEncodeFooter = R"(
Examples:
  doubletalk-cli encode speech.wav speech.mp3
  doubletalk-cli encode music.flac music.opus --bitrate 96000
  some-recorder | doubletalk-cli encode - - --codec aac > speech.aac

Decoded again, WAV, FLAC, M4A, Opus and MP3 files give exactly the frames that went in, none added and
none cut. Two do not say where their audio begins and ends, and give up to three coded frames of silence
more: bare AAC (.aac) always, MP3 when it goes to standard output. FLAC goes there without the length in
its head, M4A in one piece at the end. Opus knows 8, 12, 16, 24 and 48 kHz, MP3 and AAC the nine rates up
to 48 kHz; another rate is resampled to the next higher one. OUT is replaced whole or not at all.)";

constexpr std::string_view kDecodeFooter = R"(
Examples:
  doubletalk-cli decode speech.mp3 speech.wav
  doubletalk-cli decode talk.m4a talk.wav --rate 16000 --channels 1
  curl -s http://localhost:8000/speech.aac | doubletalk-cli decode - - --codec aac | aplay

Reads MP3, AAC (.aac, .m4a), Opus in Ogg, FLAC and WAV of any rate and channel count. Codec delay and
padding are cut where the file states them. A damaged or cut off input is an error, and no OUT is
written; FLAC and Ogg carry checksums and show every damage, other kinds what their decoder stumbles over.)";

constexpr std::array kCommands{
    CommandRow{"run", "Run a scene: room, network and engine in a closed loop", kRunFooter,
               declareRun},
    CommandRow{"replay", "Run a recorded session again and compare", kReplayFooter, declareReplay},
    CommandRow{"echo", "Cancel the echo in a pair of files", kEchoFooter, declareEcho},
    CommandRow{"noise", "Reduce the noise in a file", kNoiseFooter, declareNoise},
    CommandRow{"conceal", "Lose frames of a file and conceal them", kConcealFooter, declareConceal},
    CommandRow{"jitter", "Play a trace of packet delays through a jitter buffer", kJitterFooter,
               declareJitter},
    CommandRow{"encode", "Turn audio into MP3, AAC, Opus, FLAC or WAV", kEncodeFooter,
               declareEncode},
    CommandRow{"decode", "Turn MP3, AAC, Opus or FLAC into WAV or FLAC", kDecodeFooter,
               declareDecode},
    CommandRow{"scenes", "List the shipped scenes", kScenesFooter, declareScenes},
    CommandRow{"settings", "List every setting with range, unit, default and source",
               kSettingsFooter, declareSettings},
    CommandRow{"serve", "Offer speech to text, text to speech or listening to other programs",
               kServeFooter, declareServe},
    CommandRow{"send", "Send audio to 'serve listen'", kSendFooter, declareSend},
    CommandRow{"devices", "List the sound devices, measure their round trip", kDevicesFooter,
               declareDevices},
    CommandRow{"codec-bench", "Measure the implementations of G.711 side by side",
               kCodecBenchFooter, declareCodecBench},
    CommandRow{"demo", "Run the demonstration and write its report", kDemoFooter, declareDemo},
};

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

}  // namespace doubletalk::cli
