// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/parameter_edits.h"

#include <QUndoCommand>
#include <QUndoStack>
#include <chrono>

#include "engine/duplex/settings_store.h"
#include "ui/models/parameter_target.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

constexpr int kTypedNumber = 1;
constexpr std::int64_t kMergeWithinNs = 1'000'000'000;

/// One step back and forth; the change itself is done before the push. Of a number that is typed
/// or turned on without a pause: one step.
class EditCommand : public QUndoCommand {
public:
    EditCommand(ParameterEdits& edits, const QString& title, std::vector<ParameterValue> before,
                std::vector<ParameterValue> after)
        : QUndoCommand(title),
          edits_(edits),
          before_(std::move(before)),
          after_(std::move(after)) {}
    /// It may take the next of the same number in.
    void mergeFrom(const QString& shown_before, std::int64_t now_ns) {
        shown_before_ = shown_before;
        at_ns_ = now_ns;
        id_ = kTypedNumber;
    }

    void undo() override { putAll(before_); }
    void redo() override {
        if (done_) putAll(after_);
        done_ = true;
    }
    int id() const override { return id_; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const EditCommand*>(other);
        if (next->after_.front().name != after_.front().name) return false;
        if (next->at_ns_ - at_ns_ > kMergeWithinNs) return false;
        after_ = next->after_;
        at_ns_ = next->at_ns_;
        setText(next->text());
        if (edits_.requestedText(after_.front().name) == shown_before_) {
            putAll(before_);  // not set by anybody, where it was not before
            setObsolete(true);
        }
        return true;
    }

private:
    void putAll(const std::vector<ParameterValue>& values) {
        for (const auto& value : values) (void)edits_.put(value);
    }

    ParameterEdits& edits_;
    std::vector<ParameterValue> before_, after_;
    QString shown_before_;
    std::int64_t at_ns_ = 0;
    int id_ = -1;
    bool done_ = false;
};

bool isNumber(const params::ParamRow& row) {
    return row.kind == params::ParamKind::integer || row.kind == params::ParamKind::real;
}

std::int64_t steadyNs() {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

const duplex::SettingRef* settingRef(const QString& full_name) {
    // findSetting() builds every name anew: too slow for a hundred rows several times a second.
    static const auto kRefs = [] {
        QHash<QString, duplex::SettingRef> refs;
        for (const auto& ref : duplex::allSettings()) {
            refs[QString::fromStdString(ref.fullName())] = ref;
        }
        return refs;
    }();
    const auto found = kRefs.constFind(full_name);
    return found == kRefs.constEnd() ? nullptr : &*found;
}

ParameterEdits::ParameterEdits(ParameterTarget& target, QObject* parent)
    : QObject(parent), target_(target), stack_(new QUndoStack(this)), now_ns_(steadyNs) {
    connect(&target_, &ParameterTarget::changed, this, &ParameterEdits::changed);
}

ParameterEdits::~ParameterEdits() = default;

QString ParameterEdits::rawText(const QString& name) const {
    const auto* ref = settingRef(name);
    if (ref == nullptr) return {};
    return QString::fromStdString(params::formatParam(ref->get(target_.requested())));
}

bool ParameterEdits::isOn(const QString& name) const {
    return rawText(name) == QLatin1String("true");
}

bool ParameterEdits::isChanged(const QString& name) const {
    const auto full_name = name.toStdString();
    const auto* ref = settingRef(name);
    if (ref == nullptr || target_.sourceOf(full_name) <= duplex::SettingSource::scene) return false;
    static const duplex::Settings kDefaults;
    return params::formatParam(ref->get(target_.requested())) !=
           params::formatParam(ref->get(kDefaults));
}

QString ParameterEdits::requestedText(const QString& name) const {
    const auto full_name = name.toStdString();
    const auto* ref = settingRef(name);
    if (ref == nullptr) return {};
    const auto value = ref->get(target_.requested());
    const auto typed = typed_.value(name);
    if (!typed.isEmpty()) {
        const auto parsed = params::parseParam(*ref->row, full_name, typedText(*ref->row, typed));
        if (parsed && params::formatParam(*parsed) == params::formatParam(value)) return typed;
    }
    return valueText(*ref->row, full_name, value);
}

QString ParameterEdits::inUseText(const QString& name) const {
    const auto full_name = name.toStdString();
    const auto* ref = settingRef(name);
    if (ref == nullptr) return {};
    // Some cancellers have a length of their own.
    if (filter_ms_ && full_name == "echo.tail_ms") return numberText(*filter_ms_, 0);
    return valueText(*ref->row, full_name, ref->get(target_.inUse()));
}

ParameterValue ParameterEdits::now(const QString& name) const {
    if (target_.sourceOf(name.toStdString()) <= duplex::SettingSource::scene) {
        return {name, std::nullopt};
    }
    return {name, rawText(name)};
}

Result<void> ParameterEdits::put(const ParameterValue& value) {
    const auto full_name = value.name.toStdString();
    if (!value.text) {
        typed_.remove(value.name);
        return target_.unset(full_name);
    }
    const auto ref = duplex::findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    // Before the target tells everybody, who then ask for the text.
    const auto typed_before = typed_.value(value.name);
    const bool number = isNumber(*ref->row);
    if (number) typed_[value.name] = *value.text;
    auto done = target_.set(full_name, typedText(*ref->row, *value.text));
    const auto exact = valueText(*ref->row, full_name, ref->get(target_.requested()));
    if (!done) {
        typed_[value.name] = typed_before;
    } else if (number) {
        bool plain = false;
        const auto as_number =
            QString::fromStdString(typedText(*ref->row, *value.text)).toDouble(&plain);
        const bool rounded =
            plain && as_number != QString::fromStdString(typedText(*ref->row, exact)).toDouble();
        if (rounded) {
            typed_[value.name] = QString::fromStdString(typedText(*ref->row, *value.text))
                                     .replace(QLatin1Char('-'), QChar(0x2212));
        } else {
            typed_.remove(value.name);
        }
    }
    return done;
}

Result<void> ParameterEdits::set(const QString& name, const QString& typed) {
    const auto before = now(name);
    const auto raw_before = rawText(name);
    const auto typed_before = requestedText(name);
    // A field that is only left, a list that is only looked at.
    if (typed == typed_before || (typed == raw_before && !typed_.contains(name))) return {};
    auto done = put({name, typed});
    if (!done) return done;
    if (rawText(name) == raw_before && requestedText(name) == typed_before) return done;
    const auto& row = *settingRef(name)->row;
    auto* step = new EditCommand(*this, tr("%1 to %2").arg(settingLabel(row), requestedText(name)),
                                 {before}, {{name, typed}});
    if (isNumber(row)) step->mergeFrom(typed_before, now_ns_());
    stack_->push(step);
    emit changed();
    return done;
}

Result<void> ParameterEdits::reset(const QString& name) {
    const auto before = now(name);
    auto done = put({name, std::nullopt});
    if (!done || !before.text) return done;
    const auto* ref = settingRef(name);
    stack_->push(new EditCommand(*this, tr("Reset %1").arg(settingLabel(*ref->row)), {before},
                                 {{name, std::nullopt}}));
    emit changed();
    return done;
}

Result<void> ParameterEdits::apply(const QString& title,
                                   const std::vector<ParameterValue>& values) {
    Result<void> first_error;
    std::vector<ParameterValue> before, after;
    for (const auto& value : values) {
        const auto was = now(value.name);
        if (was.text == value.text) continue;
        if (auto done = put(value); !done) {
            if (first_error) first_error = done;
            continue;
        }
        before.push_back(was);
        after.push_back(value);
    }
    if (!after.empty()) {
        stack_->push(new EditCommand(*this, title, std::move(before), std::move(after)));
    }
    emit changed();
    return first_error;
}

}  // namespace doubletalk::ui
