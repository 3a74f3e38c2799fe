// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/params/param_table.h"

#include <QtTest>
#include <array>

#include "engine/params/registry.h"

namespace doubletalk::params {
namespace {

struct Params {
    bool enabled = true;
    int tail_ms = 256;
    int taps = 1024;
    double level_db = -42.0;
    double share_ratio = 0.5;
    Name engine = "one";
    Name text;
};

constexpr std::array<std::string_view, 2> kEngines{"one", "two"};
ChoiceList engines() { return kEngines; }

constexpr std::array kRows{
    param<&Params::enabled>({"enabled", "Enabled", "", "On or off."}),
    param<&Params::tail_ms>({"tail_ms", "Tail", "ms", "Length."}, {32, 512, 32}),
    param<&Params::taps>({"taps", "Taps", "", "Count."}, {1, 4096}),
    param<&Params::level_db>({"level_db", "Level", "dB", "Level."}, {-90.0, 0.0, 0.5}),
    param<&Params::share_ratio>({"share_ratio", "Share", "", "Share."}, {0.0, 1.0}),
    param<&Params::engine>({"engine", "Engine", "", "Which."}, {}, ParamApply::restart, engines),
    param<&Params::text>({"text", "Text", "", "Any text."}),
};

const ParamRow& row(std::string_view name) {
    for (const auto& r : kRows) {
        if (r.text.name == name) return r;
    }
    return kRows.front();
}

std::string parsed(std::string_view name, std::string_view text) {
    const auto value = parseParam(row(name), name, text);
    return value ? formatParam(*value) : "error";
}

struct Stage {
    int id = 0;
};
using Entry = RegistryEntry<Stage>;
constexpr std::array kStages{
    Entry{"first", "First", [] { return std::make_unique<Stage>(Stage{1}); }},
    Entry{"absent", "Absent", nullptr},
};

}  // namespace

class ParamTableTest : public QObject {
    Q_OBJECT
private slots:
    void readsAndWritesMembers();
    void parses_data();
    void parses();
    void formattedTextReadsBack();
    void checksTypes();
    void errorsSayWhatWhereAndWhatToDo();
    void registryFindsAndRefuses();
};

void ParamTableTest::readsAndWritesMembers() {
    Params params;
    QCOMPARE(std::get<int>(row("tail_ms").get(&params)), 256);
    row("tail_ms").set(&params, ParamValue(512));
    QCOMPARE(params.tail_ms, 512);
    row("engine").set(&params, ParamValue(Name("two")));
    QVERIFY(params.engine == "two");
    QVERIFY(row("enabled").kind == ParamKind::toggle);
    QVERIFY(row("taps").kind == ParamKind::integer);
    QVERIFY(row("level_db").kind == ParamKind::real);
    QVERIFY(row("text").kind == ParamKind::text);
    QVERIFY(row("engine").apply == ParamApply::restart);
}

void ParamTableTest::parses_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char* name, const char* text, const char* expected) {
        QTest::newRow(qPrintable(QString("%1=%2").arg(name, text))) << name << text << expected;
    };
    add("enabled", "true", "true");
    add("enabled", "off", "false");
    add("enabled", "1", "true");
    add("enabled", "maybe", "error");
    add("tail_ms", "32", "32");
    add("tail_ms", "512", "512");
    add("tail_ms", "100", "96");  // nearest step from the minimum
    add("tail_ms", "120", "128");
    add("tail_ms", "31", "error");
    add("tail_ms", "513", "error");
    add("tail_ms", "31.9", "error");
    add("tail_ms", "-128", "error");
    add("tail_ms", "", "error");
    add("tail_ms", "128ms", "error");
    add("tail_ms", " 128", "error");
    add("tail_ms", "nan", "error");
    add("tail_ms", "inf", "error");
    add("tail_ms", "1e2", "96");
    add("taps", "7", "7");
    add("taps", "7.5", "error");  // no step: only whole numbers
    add("level_db", "-42.2", "-42");
    add("level_db", "-42.3", "-42.5");
    add("level_db", "0", "0");
    add("level_db", "0.1", "error");
    add("share_ratio", "0.123", "0.123");
    add("share_ratio", "1.0000001", "error");
    add("engine", "two", "two");
    add("engine", "three", "error");
    add("engine", "", "error");
    add("text", "anything goes", "anything goes");
    add("text", "a text that is far longer than what a name can hold, so it is refused", "error");
}

void ParamTableTest::parses() {
    QFETCH(QString, name);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(parsed(name.toStdString(), text.toStdString())), expected);
}

void ParamTableTest::formattedTextReadsBack() {
    for (const double value : {0.1, 1.0 / 3.0, 0.0, 1.0, 5e-324, 0.7000000000000001}) {
        const auto text = formatParam(ParamValue(value));
        const auto back = parseParam(row("share_ratio"), "share_ratio", text);
        QVERIFY(back.has_value());
        QCOMPARE(std::get<double>(*back), value);
    }
    QCOMPARE(formatParam(ParamValue(true)), std::string("true"));
    QCOMPARE(formatParam(ParamValue(-3)), std::string("-3"));
}

void ParamTableTest::checksTypes() {
    QVERIFY(checkParam(row("tail_ms"), "x", ParamValue(128.0)).has_value());
    QCOMPARE(std::get<int>(*checkParam(row("tail_ms"), "x", ParamValue(128.0))), 128);
    QCOMPARE(std::get<double>(*checkParam(row("level_db"), "x", ParamValue(-40))), -40.0);
    QVERIFY(!checkParam(row("tail_ms"), "x", ParamValue(true)).has_value());
    QVERIFY(!checkParam(row("tail_ms"), "x", ParamValue(Name("128"))).has_value());
    QVERIFY(!checkParam(row("enabled"), "x", ParamValue(1)).has_value());
    QVERIFY(!checkParam(row("engine"), "x", ParamValue(1)).has_value());
}

void ParamTableTest::errorsSayWhatWhereAndWhatToDo() {
    const auto range = parseParam(row("tail_ms"), "echo.tail_ms", "9999");
    QVERIFY(!range.has_value());
    QVERIFY(range.error().kind == ErrorKind::usage);
    const auto message = QString::fromStdString(range.error().message());
    QVERIFY2(message.contains("echo.tail_ms") && message.contains("9999") &&
                 message.contains("32") && message.contains("512") && message.contains("ms"),
             qPrintable(message));
    const auto choice = parseParam(row("engine"), "echo.engine", "three");
    QVERIFY(QString::fromStdString(choice.error().message()).contains("one, two"));
}

void ParamTableTest::registryFindsAndRefuses() {
    const std::span<const Entry> stages(kStages);
    const auto first = createFrom(stages, "stage", "first");
    QVERIFY(first.has_value());
    QCOMPARE((*first)->id, 1);
    const auto absent = createFrom(stages, "stage", "absent");
    QVERIFY(!absent.has_value() && absent.error().kind == ErrorKind::unsupported);
    const auto unknown = createFrom(stages, "stage", "third");
    QVERIFY(!unknown.has_value() && unknown.error().kind == ErrorKind::usage);
    QVERIFY(QString::fromStdString(unknown.error().message()).contains("first, absent"));
}

}  // namespace doubletalk::params

QTEST_APPLESS_MAIN(doubletalk::params::ParamTableTest)
#include "param_table_test.moc"
