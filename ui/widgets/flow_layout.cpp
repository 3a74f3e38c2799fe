// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/flow_layout.h"

#include <QWidget>
#include <algorithm>

namespace doubletalk::ui {

FlowLayout::FlowLayout(QWidget* parent, int gap) : QLayout(parent), gap_(gap) {}

FlowLayout::~FlowLayout() {
    while (auto* item = takeAt(0)) delete item;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const { return arrange(QRect(0, 0, width, 0), false); }

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto* item : items_) size = size.expandedTo(item->minimumSize());
    const auto margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool place) const {
    const auto margins = contentsMargins();
    const auto area = rect.marginsRemoved(margins);
    int x = area.left();
    int y = area.top();
    int line_height = 0;
    QList<std::pair<QLayoutItem*, QRect>> line;
    const auto endLine = [&] {
        for (const auto& [item, where] : line) {
            if (place) item->setGeometry(where.translated(0, (line_height - where.height()) / 2));
        }
        line.clear();
    };
    for (auto* item : items_) {
        if (item->isEmpty()) continue;
        const auto size = item->sizeHint();
        if (x + size.width() > area.right() + 1 && line_height > 0) {
            endLine();
            x = area.left();
            y += line_height + 4;
            line_height = 0;
        }
        line << std::pair{item, QRect(QPoint(x, y), size)};
        x += size.width() + gap_;
        line_height = std::max(line_height, size.height());
    }
    endLine();
    return y + line_height - rect.top() + margins.bottom();
}

}  // namespace doubletalk::ui
