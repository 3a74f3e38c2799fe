// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/value_strip.h"

namespace doubletalk::ui {

/// Metrics over time. Where its first curve is missing for more than a second it is hatched and
/// says "gated".
class CurveStrip : public ValueStrip {
public:
    CurveStrip(QString name, QString tip, ValueAxis axis, std::vector<CurveSpec> curves,
               double weight);

protected:
    void drawUnder(QPainter& painter, const StripFrame& frame) override;
};

}  // namespace doubletalk::ui
