// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "ui/theme/icons.h"

namespace doubletalk::ui {

class ThemeTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::current().applyTo(*qobject_cast<QApplication*>(qApp)); }

    /// The ratios THEME.md states, recomputed.
    void contrasts_data() {
        QTest::addColumn<int>("front");
        QTest::addColumn<int>("back");
        QTest::addColumn<double>("of_dark");
        QTest::addColumn<double>("of_light");
        const auto row = [](const char* name, Token front, Token back, double dark, double light) {
            QTest::newRow(name) << int(front) << int(back) << dark << light;
        };
        row("text", Token::text, Token::panel, 13.5, 15.3);
        row("text2", Token::text2, Token::panel, 7.1, 6.4);
        row("text3", Token::text3, Token::panel, 5.0, 5.0);
        row("axis", Token::axis, Token::panel, 5.2, 4.9);
        row("accent", Token::accent, Token::panel, 14.0, 15.3);
        row("interrupt", Token::interrupt_text, Token::interrupt_fill, 5.6, 8.9);
        row("far end", Token::far_end, Token::plot, 6.0, 5.5);
        row("microphone", Token::microphone, Token::plot, 9.8, 4.9);
        row("output", Token::output, Token::plot, 7.7, 6.2);
        row("truth", Token::truth, Token::plot, 6.9, 5.4);
        row("decision", Token::decision, Token::plot, 10.5, 8.9);
        row("problem", Token::problem, Token::plot, 5.7, 8.2);
    }
    void contrasts() {
        QFETCH(int, front);
        QFETCH(int, back);
        QFETCH(double, of_dark);
        QFETCH(double, of_light);
        for (const bool dark : {true, false}) {
            const double ratio = contrast(tokenColour(static_cast<Token>(front), dark),
                                          tokenColour(static_cast<Token>(back), dark));
            const double wanted = dark ? of_dark : of_light;
            QVERIFY2(std::abs(ratio - wanted) < 0.1, qPrintable(QString::number(ratio)));
        }
    }

    void dataColoursMayColourText() {
        for (const auto token : {Token::far_end, Token::microphone, Token::output, Token::truth,
                                 Token::decision, Token::problem}) {
            for (const bool dark : {true, false}) {
                const auto back = tokenColour(Token::panel, dark);
                const double ratio = contrast(tokenColour(token, dark), back);
                QVERIFY2(ratio >= 4.45, qPrintable(QString::number(ratio)));  // 4.5 when rounded
            }
        }
    }

    void styleSheetNamesNoUnknownToken() {
        for (const bool dark : {true, false}) {
            Theme::current().setDark(dark);
            const auto sheet = Theme::current().styleSheet();
            QVERIFY(!sheet.contains('@'));
            QVERIFY(!QRegularExpression("#[0-9]+#").match(sheet).hasMatch());
            QVERIFY(sheet.contains(tokenColour(Token::interrupt_fill, dark).name()));
            QVERIFY(sheet.contains(dark ? "check_dark.svg" : "check_light.svg"));
        }
    }

    /// The drawings of the style sheet cannot be recoloured: they must have the table's colours.
    void styleDrawingsHaveTheTablesColours() {
        for (const bool dark : {true, false}) {
            for (const QString name : {"check", "chevron_down", "chevron_up", "chevron_right"}) {
                QFile file(QStringLiteral(":/icons/style/%1_%2.svg").arg(name, dark ? "dark" : "light"));
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                const auto token = name == "check" ? Token::on_accent : Token::text2;
                QVERIFY(file.readAll().toLower().contains(tokenColour(token, dark).name().toLatin1()));
            }
        }
    }

    void everyIconIsDrawnInItsColour() {
        for (int i = 0; i < int(Icon::count_); ++i) {
            const QColor red(255, 0, 0);
            const auto image = iconPixmap(static_cast<Icon>(i), red, 16, 2.0).toImage();
            QCOMPARE(image.size(), QSize(32, 32));
            int inked = 0;
            for (int y = 0; y < 32; ++y) {
                for (int x = 0; x < 32; ++x) {
                    const auto pixel = image.pixelColor(x, y);
                    if (pixel.alpha() < 200) continue;
                    ++inked;
                    QVERIFY2(pixel.red() > 240 && pixel.green() < 16, qPrintable(QString::number(i)));
                }
            }
            QVERIFY2(inked > 20 && inked < 700, qPrintable(QStringLiteral("%1: %2").arg(i).arg(inked)));
        }
    }

    void iconsFollowTheTheme() {
        QToolButton button;
        button.setIcon(icon(Icon::stop));
        const auto centre = [&] {
            return button.icon().pixmap(16).toImage().pixelColor(8, 8);
        };
        Theme::current().setDark(true);
        QCOMPARE(centre().name(), tokenColour(Token::text, true).name());
        Theme::current().setDark(false);
        QCOMPARE(centre().name(), tokenColour(Token::text, false).name());
        QCOMPARE(button.icon().pixmap(QSize(16, 16), QIcon::Disabled).toImage().pixelColor(8, 8).name(),
                 tokenColour(Token::text3, false).name());
    }

    void textScales() {
        auto& theme = Theme::current();
        QSignalSpy changed(&theme, &Theme::changed);
        const double before = theme.text().pointSizeF();
        theme.setTextScale(2.0);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(theme.text().pointSizeF(), 2.0 * before);
        QCOMPARE(QApplication::font().pointSizeF(), theme.text().pointSizeF());
        theme.setTextScale(9.0);
        QCOMPARE(theme.textScale(), 2.0);
        theme.setTextScale(0.1);
        QCOMPARE(theme.textScale(), 0.8);
        // Nothing below 10 px.
        QVERIFY(theme.note().pointSizeF() >= 7.5);
        theme.setTextScale(1.0);
    }

    void fontsOfTheDesignAreThere() {
        const auto& theme = Theme::current();
        if (!QFontDatabase::hasFamily("Inter")) QSKIP("fonts-inter is not installed");
        QCOMPARE(QFontInfo(theme.text()).family(), QString("Inter"));
        QCOMPARE(QFontInfo(theme.number()).family(), QString("JetBrains Mono"));
        QVERIFY(QFontInfo(theme.number()).fixedPitch());
        QCOMPARE(QFontInfo(theme.title()).weight(), int(QFont::DemiBold));
    }
};

}  // namespace doubletalk::ui

QTEST_MAIN(doubletalk::ui::ThemeTest)
#include "theme_test.moc"
