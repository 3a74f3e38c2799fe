// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doubletalk::session {

/// Writes one JSON object as one line onto a string, fast and without a tree. Numbers are the
/// shortest text that reads back to the same bits; what JSON cannot say (NaN, infinity, text that
/// is no UTF-8) becomes a string or an array of bytes. Thread: disk.
class JsonLine {
public:
    JsonLine(std::string& out, std::string_view type);
    void add(std::string_view key, std::int64_t value);
    void add(std::string_view key, double value);
    void add(std::string_view key, bool value);
    void add(std::string_view key, std::string_view value);
    /// Ends the line.
    void end();

private:
    void key(std::string_view name);
    std::string& out_;
};

/// Shortest text that reads back to the same bits, e.g. in CSV. NaN gives "nan".
void appendNumber(std::string& out, double value);
[[nodiscard]] bool isUtf8(std::string_view text);

}  // namespace doubletalk::session
