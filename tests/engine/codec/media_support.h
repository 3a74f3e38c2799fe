// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QtTest>
#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "engine/codec/media_reader.h"
#include "engine/codec/media_writer.h"

namespace doubletalk::test {

struct ReadBack {
    std::vector<float> samples;
    codec::MediaInfo info;
    Result<void> result;
};

inline ReadBack readAll(Result<codec::MediaReader> reader) {
    ReadBack back;
    if (!reader) {
        back.result = tl::unexpected(reader.error());
        return back;
    }
    back.info = reader->info();
    codec::PcmChunk chunk;
    for (;;) {
        const auto got = reader->get(chunk);
        if (!got) back.result = tl::unexpected(got.error());
        if (!got || *got == codec::Got::end) return back;
        back.samples.insert(back.samples.end(), chunk.samples.begin(), chunk.samples.end());
    }
}

inline Result<void> writeAll(Result<codec::MediaWriter> writer, std::span<const float> samples,
                             std::size_t step = 206 * 12) {
    if (!writer) return tl::unexpected(writer.error());
    for (std::size_t at = 0; at < samples.size(); at += step) {
        const auto put = writer->put(samples.subspan(at, std::min(step, samples.size() - at)));
        if (!put) return put;
    }
    return writer->finish();
}

/// A source that cannot seek, in pieces of odd sizes.
inline codec::MediaSource pipeOf(std::shared_ptr<QByteArray> bytes) {
    auto at = std::make_shared<qsizetype>(0);
    codec::MediaSource source;
    source.read = [bytes, at](std::span<std::byte> to) -> std::int64_t {
        const auto n = std::min<qsizetype>({777, qsizetype(to.size()), bytes->size() - *at});
        std::copy_n(reinterpret_cast<const std::byte*>(bytes->constData()) + *at, n, to.begin());
        *at += n;
        return n;
    };
    return source;
}

inline codec::MediaSink pipeTo(std::shared_ptr<QByteArray> bytes) {
    codec::MediaSink sink;
    sink.write = [bytes](std::span<const std::byte> from) {
        bytes->append(reinterpret_cast<const char*>(from.data()), qsizetype(from.size()));
        return true;
    };
    return sink;
}

inline QByteArray bytesOf(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

/// A row for every kind of file.
inline void addKinds() {
    QTest::addColumn<QString>("name");
    for (const auto& kind : codec::mediaKinds()) {
        QTest::newRow(kind.name.data()) << QString::fromLatin1(kind.name.data());
    }
}

inline const codec::MediaKind& kindOf(const QString& name) {
    return **codec::mediaKindNamed(name.toStdString());
}

}  // namespace doubletalk::test
