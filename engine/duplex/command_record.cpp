// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/command_record.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

namespace doubletalk::duplex {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"set", "interrupt", "reset", "discard", "note"};
constexpr std::string_view kDirect = "direct";

template <class T>
Name numberName(T value) noexcept {
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return Name(std::string_view(text.data(), std::size_t(end - text.data())));
}

Name valueName(const params::ParamValue& value) noexcept {
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<int>(&value)) return numberName(*i);
    if (const auto* d = std::get_if<double>(&value)) return numberName(*d);
    return std::get<Name>(value);
}

tl::unexpected<Error> broken(const session::CommandRecord& record) {
    return fail(ErrorKind::format,
                "cannot read the command '" + std::string(record.name.view()) + " " +
                    std::string(record.key.view()) + " " + std::string(record.value.view()) + "'",
                "block " + std::to_string(record.block),
                "the session was made by another version or is damaged");
}

}  // namespace

session::CommandRecord toRecord(const Command& command, BlockIndex block) noexcept {
    session::CommandRecord record{.block = block,
                                  .name = Name(kKinds[std::size_t(command.kind)]),
                                  .key = command.key,
                                  .value = {},
                                  .source = command.source};
    if (command.kind == CommandKind::set) record.value = valueName(command.value);
    if (command.kind != CommandKind::set && command.item != 0) {
        record.value = numberName(command.item);
    }
    return record;
}

session::CommandRecord toRecord(const ProvenanceSpan& span, BlockIndex block) noexcept {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%lld %.17g %.9g %d",
                  static_cast<long long>(span.frames), span.item_sample,
                  span.item_samples_per_frame, span.last ? 1 : 0);
    return {.block = block,
            .name = Name(kDirect),
            .key = numberName(span.item),
            .value = Name(text.data()),
            .source = {}};
}

bool isDirectSpan(const session::CommandRecord& record) noexcept { return record.name == kDirect; }

Result<Command> toCommand(const session::CommandRecord& record) {
    Command command;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (record.name != kKinds[i]) continue;
        command.kind = CommandKind(i);
        command.key = record.key;
        command.source = record.source;
        if (command.kind == CommandKind::set) {
            const auto setting = findSetting(record.key.view());
            if (!setting) return tl::unexpected(setting.error());
            const auto value =
                params::parseParam(*setting->row, record.key.view(), record.value.view());
            if (!value) return tl::unexpected(value.error());
            command.setting = *setting;
            command.value = *value;
        } else if (command.kind == CommandKind::discard || !record.value.empty()) {
            const auto text = record.value.view();
            if (std::from_chars(text.data(), text.data() + text.size(), command.item).ec !=
                std::errc()) {
                return broken(record);
            }
        }
        return command;
    }
    return broken(record);
}

Result<ProvenanceSpan> toDirectSpan(const session::CommandRecord& record) {
    ProvenanceSpan span;
    const std::string text(record.value.view());
    const std::string key(record.key.view());
    long long frames = 0;
    int last = 0;
    unsigned item = 0;
    if (std::sscanf(text.c_str(), "%lld %lg %lg %d", &frames, &span.item_sample,
                    &span.item_samples_per_frame, &last) != 4 ||
        std::sscanf(key.c_str(), "%u", &item) != 1 || frames <= 0) {
        return broken(record);
    }
    span.frames = frames;
    span.item = item;
    span.last = last != 0;
    return span;
}

}  // namespace doubletalk::duplex
