// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/column_raster.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace doubletalk::ui {
namespace {

constexpr int kSub = 4;          // sub-columns a pixel
constexpr int kFull = 256;       // coverage of a full pixel
constexpr int kPerSub = kFull / kSub;
constexpr int kEdgeColumns = 4;  // a stroke and its join reach this far back
constexpr float kNone = std::numeric_limits<float>::infinity();

/// Lengths of dashes and gaps along x, logical px.
struct DashLengths {
    int on, off;
};
DashLengths lengthsOf(Dash dash) { return dash == Dash::dashed ? DashLengths{5, 4} : DashLengths{2, 3}; }

inline QRgb scaledBy(QRgb pixel, unsigned a) {  // a 0..256
    const quint32 rb = (((pixel & 0x00FF00FFU) * a) >> 8) & 0x00FF00FFU;
    const quint32 ag = (((pixel >> 8) & 0x00FF00FFU) * a) & 0xFF00FF00U;
    return rb | ag;
}

inline void blend(QRgb& to, QRgb premultiplied, int coverage) {
    if (coverage <= 0) return;
    const QRgb source = coverage >= kFull ? premultiplied : scaledBy(premultiplied, unsigned(coverage));
    const unsigned rest = kFull - unsigned(qAlpha(source)) - (unsigned(qAlpha(source)) >> 7);
    to = source + scaledBy(to, rest);
}

}  // namespace

ColumnRaster::ColumnRaster(QImage& image, int from, int to, double ratio, std::int64_t phase)
    : image_(image),
      from_(std::max(from, 0)),
      to_(std::min(to, image.width())),
      height_(image.height()),
      ratio_(ratio),
      phase_(phase),
      cover_(std::size_t(image.height() + 2), 0),
      cover_low_(image.height()),
      cover_high_(-1) {}

void ColumnRaster::spansOf(std::span<const QPointF> points, int margin) {
    first_ = from_ * kSub - margin;
    const int count = (to_ - from_) * kSub + 2 * margin;
    spans_.assign(std::size_t(std::max(count, 0)), {kNone, -kNone});
    const auto add = [&](int column, double y) {
        auto& span = spans_[std::size_t(column)];
        span.low = std::min(span.low, float(y));
        span.high = std::max(span.high, float(y));
    };
    // The graph at each sub-column's middle, and its turning points: their hull is what the disc
    // has to grow. Whole sub-columns would make steep lines an eighth too wide.
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& p = points[i];
        if (std::isnan(p.y())) continue;
        const double x0 = p.x() * kSub - first_;
        const bool last = i + 1 == points.size();
        const double before = i == 0 ? p.y() : points[i - 1].y();
        const double after = last ? p.y() : points[i + 1].y();
        const bool turns = !((p.y() - before) * (after - p.y()) > 0.0);  // at gaps, too
        if (turns && x0 >= 0.0 && x0 < count) add(int(x0), p.y());
        if (last || std::isnan(after)) continue;
        const double x1 = points[i + 1].x() * kSub - first_;
        if (x1 <= x0 || x1 < 0.0 || x0 >= count) continue;
        const double slope = (after - p.y()) / (x1 - x0);
        const int c0 = int(std::ceil(std::max(x0, 0.0) - 0.5));
        const int c1 = std::min(int(std::ceil(x1 - 0.5)) - 1, count - 1);
        for (int c = c0; c <= c1; ++c) add(c, p.y() + slope * (c + 0.5 - x0));
    }
}

std::pair<int, int> ColumnRaster::reachOf(std::span<const QPointF> points, double radius) const {
    const double first = points.front().x() - radius;
    const double last = points.back().x() + radius;
    return {int(std::clamp(std::floor(first), double(from_), double(to_))),
            int(std::clamp(std::ceil(last) + 1.0, double(from_), double(to_)))};
}

void ColumnRaster::coverBand(float low, float high) {
    const float top = std::clamp(low, 0.0F, float(height_));
    const float bottom = std::clamp(high, 0.0F, float(height_));
    if (bottom <= top) return;
    const int ia = int(top);
    const int ib = int(bottom);
    const int fa = int(kPerSub * (top - float(ia)));
    const int fb = int(kPerSub * (bottom - float(ib)));
    cover_[std::size_t(ia)] += kPerSub - fa;
    cover_[std::size_t(ia + 1)] += fa;
    cover_[std::size_t(ib)] -= kPerSub - fb;
    cover_[std::size_t(ib + 1)] -= fb;
    cover_low_ = std::min(cover_low_, ia);
    cover_high_ = std::max(cover_high_, ib + 1);
}

void ColumnRaster::flushColumn(int x, QRgb premultiplied) {
    if (cover_high_ < 0) return;
    const auto stride = image_.bytesPerLine();
    auto* row = image_.bits() + cover_low_ * stride;
    int sum = 0;
    for (int y = cover_low_; y <= cover_high_; ++y, row += stride) {
        sum += cover_[std::size_t(y)];
        cover_[std::size_t(y)] = 0;
        if (sum > 0 && y < height_) blend(reinterpret_cast<QRgb*>(row)[x], premultiplied, sum);
    }
    cover_low_ = height_;
    cover_high_ = -1;
}

void ColumnRaster::curve(std::span<const QPointF> points, const Stroke& stroke) {
    if (points.empty() || to_ <= from_) return;
    const double radius = 0.5 * stroke.width * ratio_;
    const int reach = int(std::floor(radius * kSub));
    spansOf(points, reach + kSub);
    if (stroke.dash != Dash::solid) {
        const auto [on, off] = lengthsOf(stroke.dash);
        const auto sub_on = std::int64_t(std::lround(on * ratio_ * kSub));
        const auto period = sub_on + std::int64_t(std::lround(off * ratio_ * kSub));
        for (std::size_t i = 0; i < spans_.size(); ++i) {
            auto at = (phase_ * kSub + first_ + std::int64_t(i)) % period;
            if (at < 0) at += period;
            if (at >= sub_on) spans_[i] = {kNone, -kNone};
        }
    }
    std::vector<float> dilation(std::size_t(2 * reach + 1));
    for (int j = -reach; j <= reach; ++j) {
        const double d = double(j) / kSub;
        dilation[std::size_t(j + reach)] = float(std::sqrt(std::max(radius * radius - d * d, 0.0)));
    }
    const QRgb colour = qPremultiply(stroke.colour.rgba());
    const auto [begin, end] = reachOf(points, radius);
    for (int x = begin; x < end; ++x) {
        for (int s = 0; s < kSub; ++s) {
            const int c = x * kSub + s - first_;
            float low = kNone;
            float high = -kNone;
            for (int j = -reach; j <= reach; ++j) {
                const auto& span = spans_[std::size_t(c + j)];
                const float grow = dilation[std::size_t(j + reach)];
                low = std::min(low, span.low - grow);
                high = std::max(high, span.high + grow);
            }
            if (high > low) coverBand(low, high);
        }
        flushColumn(x, colour);
    }
}

void ColumnRaster::band(std::span<const QPointF> upper, std::span<const QPointF> lower,
                        double base_y, const QColor& colour) {
    if (upper.empty() || to_ <= from_) return;
    std::vector<Span> floor;
    if (!lower.empty()) {
        spansOf(lower, 0);
        floor = spans_;
    }
    spansOf(upper, 0);
    const QRgb premultiplied = qPremultiply(colour.rgba());
    const auto [begin, end] = reachOf(upper, 0.0);
    for (int x = begin; x < end; ++x) {
        for (int s = 0; s < kSub; ++s) {
            const auto c = std::size_t(x * kSub + s - first_);
            if (spans_[c].high < spans_[c].low) continue;
            float bottom = float(base_y);
            if (!floor.empty()) {
                if (floor[c].high < floor[c].low) continue;
                bottom = 0.5F * (floor[c].low + floor[c].high);
            }
            const float top = 0.5F * (spans_[c].low + spans_[c].high);
            coverBand(std::min(top, bottom), std::max(top, bottom));
        }
        flushColumn(x, premultiplied);
    }
}

void ColumnRaster::bar(int x, double top, double bottom, const QColor& colour) {
    if (x < from_ || x >= to_) return;
    for (int s = 0; s < kSub; ++s) coverBand(float(top), float(bottom));
    flushColumn(x, qPremultiply(colour.rgba()));
}

void ColumnRaster::dot(double x, double y, double radius, const QColor& colour) {
    const QRgb premultiplied = qPremultiply(colour.rgba());
    const int left = std::max(int(std::floor(x - radius)), from_);
    const int right = std::min(int(std::ceil(x + radius)), to_ - 1);
    for (int column = left; column <= right; ++column) {
        for (int s = 0; s < kSub; ++s) {
            const double d = column + (s + 0.5) / kSub - x;
            const double q = radius * radius - d * d;
            if (q > 0.0) coverBand(float(y - std::sqrt(q)), float(y + std::sqrt(q)));
        }
        flushColumn(column, premultiplied);
    }
}

void ColumnRaster::cross(double x, double y, double radius, double width, const QColor& colour) {
    const Stroke stroke{colour, width / ratio_, Dash::solid};
    const auto whole_from = from_;
    const auto whole_to = to_;
    from_ = std::max(from_, int(std::floor(x - radius - width)));
    to_ = std::min(to_, int(std::ceil(x + radius + width)) + 1);
    const QPointF falling[2] = {{x - radius, y - radius}, {x + radius, y + radius}};
    const QPointF rising[2] = {{x - radius, y + radius}, {x + radius, y - radius}};
    curve(falling, stroke);
    curve(rising, stroke);
    from_ = whole_from;
    to_ = whole_to;
}

std::pair<int, int> ScrolledImage::begin(const Key& key, std::int64_t phase, std::int64_t end) {
    const int width = key.width;
    const auto dx = phase - phase_;
    if (!valid_ || !(key == key_) || dx < 0 || dx >= width || end < end_) {
        if (image_.width() != width || image_.height() != key.height) {
            image_ = QImage(std::max(width, 1), std::max(key.height, 1),
                            QImage::Format_ARGB32_Premultiplied);
        }
        image_.fill(Qt::transparent);
        key_ = key;
        valid_ = true;
        phase_ = phase;
        end_ = end;
        return {0, width};
    }
    if (dx == 0 && end == end_) return {0, 0};
    auto* bits = image_.bits();
    const auto stride = image_.bytesPerLine();
    constexpr std::size_t kPixel = sizeof(QRgb);
    // Everything from the last drawn sample on is open: its join, and what came since.
    const auto open = std::min<std::int64_t>(end_ - kEdgeColumns - phase, width - dx);
    const int from = int(std::clamp<std::int64_t>(open, 0, width));
    for (int y = 0; y < image_.height(); ++y, bits += stride) {
        if (dx > 0) {
            std::memmove(bits, bits + std::size_t(dx) * kPixel, std::size_t(width - dx) * kPixel);
        }
        std::memset(bits + std::size_t(from) * kPixel, 0, std::size_t(width - from) * kPixel);
    }
    phase_ = phase;
    end_ = end;
    return {from, width};
}

}  // namespace doubletalk::ui
