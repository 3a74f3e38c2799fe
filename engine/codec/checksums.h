// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace doubletalk::codec {

/// A checksum without reflection, start value 0: one table a polynomial.
template <class Word, Word kPolynomial>
class Checksum {
public:
    /// value: of the bytes before, to go on with.
    explicit Checksum(Word value = 0) : value_(value) {}
    void add(std::byte byte) {
        const auto top = Word(value_ >> (kBits - 8));
        const auto rest = Word(std::uint64_t(value_) << 8);
        value_ = Word(rest ^ kTable[(top ^ std::to_integer<unsigned>(byte)) & 0xffU]);
    }
    void add(std::span<const std::byte> bytes) {
        for (const std::byte byte : bytes) add(byte);
    }
    [[nodiscard]] Word value() const { return value_; }

private:
    static constexpr int kBits = int(sizeof(Word)) * 8;
    static constexpr std::array<Word, 256> makeTable() {
        std::array<Word, 256> table{};
        for (unsigned i = 0; i < table.size(); ++i) {
            auto word = Word(Word(i) << (kBits - 8));
            for (int bit = 0; bit < 8; ++bit) {
                const bool top = (word >> (kBits - 1) & 1) != 0;
                word = Word(Word(word << 1) ^ (top ? kPolynomial : Word(0)));
            }
            table[i] = word;
        }
        return table;
    }
    static constexpr std::array<Word, 256> kTable = makeTable();
    Word value_;
};

using Crc8 = Checksum<std::uint8_t, 0x07>;            // RFC 9639 section 9.1.8
using Crc16 = Checksum<std::uint16_t, 0x8005>;        // RFC 9639 section 9.3
using OggCrc = Checksum<std::uint32_t, 0x04c11db7U>;  // RFC 3533 section 6

}  // namespace doubletalk::codec
