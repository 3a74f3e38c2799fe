// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Panels of the window, as a user meets them, offscreen. With DT_GRABS=folder their pictures are
// kept there.

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

#include "tests/ui/store_target.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_model.h"
#include "ui/models/preset_store.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/parameter_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

void keepPicture(QWidget& widget, const QString& name) {
    const auto folder = qEnvironmentVariable("DT_GRABS");
    if (folder.isEmpty()) return;
    for (const bool dark : {true, false}) {
        Theme::current().setDark(dark);
        QTest::qWait(30);
        widget.grab().save(folder + '/' + name + (dark ? "-dark.png" : "-light.png"));
    }
    Theme::current().setDark(true);
}

struct Rig {
    QTemporaryDir folder;
    StoreTarget target;
    ParameterEdits edits{target};
    PresetStore presets{QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path()};
};

}  // namespace

class UiPanelsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::current().applyTo(*qApp); }

    void parameterRowsAreEditedAndReset() {
        Rig rig;
        ParameterPanel panel(rig.edits, rig.presets);
        panel.resize(296, 780);
        panel.show();
        panel.showSetting("echo.tail_ms");
        auto& view = panel.view();
        QTest::keyClick(&view, Qt::Key_Return);
        auto* editor = view.findChild<QAbstractSpinBox*>();
        QVERIFY(editor != nullptr);
        auto* line = editor->findChild<QLineEdit*>();
        line->setText("125");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(rig.target.requested().echo.tail_ms, 128);
        panel.showSetting("echo.tail_ms");
        QTest::keyClick(&view, Qt::Key_Return);
        editor = view.findChild<QAbstractSpinBox*>();
        QTest::keyClick(editor, Qt::Key_Up);
        QCOMPARE(rig.target.requested().echo.tail_ms, 160);
        editor->findChild<QLineEdit*>()->setText("9000");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_VERIFY(view.noteHeight(view.currentIndex()) > 0);
        QCOMPARE(rig.target.requested().echo.tail_ms, 160);
        keepPicture(panel, "parameters-rejected");
        panel.showSetting("echo.residual_suppression");
        QTest::keyClick(&view, Qt::Key_Space);
        QVERIFY(!rig.target.requested().echo.residual_suppression);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                          view.fieldRect(view.currentIndex()).center());
        QVERIFY(rig.target.requested().echo.residual_suppression);
        panel.showSetting("echo.tail_ms");
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(rig.target.requested().echo.tail_ms, 256);
        rig.edits.undoStack().undo();
        QVERIFY(rig.target.requested().echo.tail_ms != 256);
    }

    void presetsAndSearch() {
        Rig rig;
        ParameterPanel panel(rig.edits, rig.presets);
        panel.resize(296, 780);
        panel.show();
        auto* box = panel.findChild<QComboBox*>();
        panel.choosePreset("Hands-free, small room");
        QCOMPARE(box->currentText(), QStringLiteral("Hands-free, small room"));
        QVERIFY(rig.edits.set("noise.strength_ratio", "0.4"));
        QCOMPARE(box->currentText(), QStringLiteral("Hands-free, small room *"));
        rig.target.in_use = rig.target.requested();
        rig.target.in_use.echo.canceller = "none";
        rig.target.bent = true;
        rig.target.waiting.insert("room.rt60_ms");
        panel.refresh();
        keepPicture(panel, "parameters");
        panel.setSearch("reverberant");  // only in the help of the tail
        auto* rows = panel.view().model();
        QCOMPARE(rows->rowCount(), 1);
        QCOMPARE(rows->rowCount(rows->index(0, 0)), 1);
        keepPicture(panel, "parameters-search");
        panel.setSearch("dBFS level");
        QVERIFY(rows->rowCount() >= 2);
        panel.setSearch("");
        QCOMPARE(std::size_t(rows->rowCount()), duplex::settingsModules().size());
        QVERIFY(panel.view().isExpanded(rows->index(0, 0)));
        QVERIFY(!panel.view().isExpanded(rows->index(1, 0)));
        panel.showOnlyChanged(true);
        QVERIFY(rows->rowCount() >= 1 && rows->rowCount() < 14);
    }

    void errorBar() {
        ErrorBar bar;
        bar.resize(400, 32);
        QVERIFY(!bar.isVisible());
        bool acted = false;
        bar.showError("The microphone is gone: plug it in or choose another", "Choose",
                      [&] { acted = true; });
        QVERIFY(bar.isVisible());
        keepPicture(bar, "error-bar");
        QTest::mouseClick(bar.findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(acted && !bar.isVisible());
    }
};

QTEST_MAIN(UiPanelsTest)
#include "ui_panels_test.moc"
