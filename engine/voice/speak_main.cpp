// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// doubletalk-speak: speaks the text on standard input once, as the first utterance of its life.
// The embedded voice's audio depends on what it said before; a fresh process always says the same.

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "engine/voice/synthesizer.h"
#include "engine/voice/utterance_file.h"

namespace voice = doubletalk::voice;

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs(
            "usage: doubletalk-speak VOICE FILE < text\n"
            "Renders the text with the embedded voice into FILE. doubletalk-cli starts this by\n"
            "itself for every utterance of a scene.\n",
            stderr);
        return 2;
    }
    const voice::UtteranceKey key{
        {std::istreambuf_iterator<char>(std::cin), {}}, argv[1], voice::espeakVersion()};
    doubletalk::Result<void> written;
    auto synthesizer = voice::createEspeakSynthesizer();
    if (!synthesizer) {
        written = voice::writeUtteranceError(argv[2], synthesizer.error());
    } else if (const auto utterance = (*synthesizer)->speak(key.text, key.voice); !utterance) {
        written = voice::writeUtteranceError(argv[2], utterance.error());
    } else {
        written = voice::writeUtterance(argv[2], key, *utterance);
    }
    if (written) return 0;
    std::fprintf(stderr, "doubletalk-speak: %s\n", written.error().message().c_str());
    return 1;
}
