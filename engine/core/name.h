// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace doubletalk {

/// A short text that is copied without allocating; longer input is cut to 47 bytes.
class Name {
public:
    static constexpr std::size_t kCapacity = 47;

    constexpr Name() = default;
    constexpr Name(std::string_view text) : size_(static_cast<unsigned char>(std::min(text.size(), kCapacity))) {
        std::copy_n(text.begin(), size_, text_.begin());
    }
    constexpr Name(const char* text) : Name(std::string_view(text)) {}

    [[nodiscard]] constexpr std::string_view view() const { return {text_.data(), size_}; }
    constexpr operator std::string_view() const { return view(); }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    friend constexpr bool operator==(const Name& a, const Name& b) { return a.view() == b.view(); }
    friend constexpr bool operator==(const Name& a, std::string_view b) { return a.view() == b; }
    friend constexpr bool operator==(const Name& a, const char* b) { return a.view() == b; }

private:
    std::array<char, kCapacity> text_{};
    unsigned char size_ = 0;
};

}  // namespace doubletalk
