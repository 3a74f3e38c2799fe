// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include <QStyle>
#include <QWidget>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

// @token@ is a colour, #px# a length times the text scale, @theme@ "dark" or "light".
constexpr const char* kTemplate = R"(
QMainWindow, QDialog { background: @window@; }
QMainWindow::separator { background: @separator@; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent@; }
QWidget[kind="panel"], QScrollArea, QScrollArea > QWidget > QWidget { background: @panel@; }
QToolTip { background: @field@; color: @text@; border: 1px solid @field_edge@; padding: 4px 6px; }

QMenuBar { background: @window@; color: @text@; padding: 2px 8px; border-bottom: 1px solid @separator@; }
QMenuBar::item { background: transparent; padding: #5# #8#; }
QMenuBar::item:selected { background: @hover@; }
QMenu { background: @panel@; color: @text@; border: 1px solid @field_edge@; padding: 4px 0; }
QMenu::item { padding: #5# #24# #5# #12#; }
QMenu::item:selected { background: @selected@; }
QMenu::item:disabled { color: @text3@; }
QMenu::separator { height: 1px; background: @line@; margin: 4px 0; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 8px; }
QMenu::indicator:checked { background: @accent@; image: url(:/icons/style/check_@theme@.svg); }

QToolBar { background: @window@; border: none; border-bottom: 1px solid @separator@; padding: 7px 12px; spacing: 8px; }
QToolBar::separator { background: @line@; width: 1px; height: 1px; margin: 4px; }
QToolBar[compact="true"] { padding: 7px 8px; spacing: 4px; }
QToolButton { background: transparent; color: @text@; border: 1px solid transparent; border-radius: 3px; padding: 0 #8#; min-height: #26#; }
QToolButton:hover { background: @hover@; }
QToolButton:pressed, QToolButton:checked { background: @selected@; }
QToolButton:disabled { color: @text3@; }
QToolButton:focus { border: 1px solid @accent@; }
QToolButton::menu-indicator { image: url(:/icons/style/chevron_down_@theme@.svg); width: 10px; height: 10px; subcontrol-position: right center; subcontrol-origin: padding; right: 4px; }
QToolButton[kind="field"] { background: @field@; border: 1px solid @field_edge@; }
QToolButton[kind="field"]:hover { background: @hover@; }
QToolButton[kind="field"]:pressed, QToolButton[kind="field"]:checked { background: @selected@; }
QToolButton[kind="field"]:focus { border: 1px solid @accent@; }
QToolButton[low="true"] { min-height: #20#; }
QToolButton[kind="icon"] { padding: 0 4px; }
QToolButton#qt_toolbar_ext_button { padding: 0; min-width: 20px; }
QFileDialog QToolButton { padding: 2px; min-height: 16px; }
QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-button { background: transparent; border: none; width: 16px; }
QToolButton::menu-arrow, QToolButton::menu-indicator { image: url(:/icons/style/chevron_down_@theme@.svg); width: 12px; height: 12px; subcontrol-origin: padding; subcontrol-position: center right; right: 4px; }

QPushButton { background: @field@; color: @text@; border: 1px solid @field_edge@; border-radius: 3px; padding: 0 #12#; min-height: #26#; }
QPushButton:hover { background: @hover@; }
QPushButton:pressed, QPushButton:checked { background: @selected@; }
QPushButton:disabled { color: @text3@; border-color: @line@; }
QPushButton:focus, QPushButton:default { border: 1px solid @accent@; }
QPushButton[kind="primary"], QToolButton[kind="primary"] { background: @accent@; color: @on_accent@; border: 1px solid @accent@; }
QPushButton[kind="interrupt"], QToolButton[kind="interrupt"] { background: @interrupt_fill@; color: @interrupt_text@; border: 1px solid @interrupt_fill@; }
QPushButton[kind="interrupt"]:pressed, QToolButton[kind="interrupt"]:pressed, QPushButton[kind="interrupt"][down="true"] { background: @interrupt_pressed@; border-color: @interrupt_pressed@; }
QPushButton[kind="interrupt"]:focus, QToolButton[kind="interrupt"]:focus { border: 1px solid @accent@; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox { background: @field@; color: @text@; border: 1px solid @field_edge@; border-radius: 2px; padding: 1px 5px; selection-background-color: @accent@; selection-color: @on_accent@; }
QLineEdit, QAbstractSpinBox { min-height: #20#; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus { border: 2px solid @accent@; padding: 0 4px; }
QLineEdit:disabled, QAbstractSpinBox:disabled { color: @text3@; border-color: @line@; }
QLineEdit[problem="true"], QAbstractSpinBox[problem="true"], QComboBox[problem="true"] { border: 2px solid @problem@; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { background: transparent; border: none; width: 14px; }
QAbstractSpinBox::up-arrow { image: url(:/icons/style/chevron_up_@theme@.svg); width: 8px; height: 8px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/style/chevron_down_@theme@.svg); width: 8px; height: 8px; }
QComboBox { combobox-popup: 0; background: @field@; color: @text@; border: 1px solid @field_edge@; border-radius: 2px; padding: 1px 6px; min-height: #20#; }
QComboBox:hover { background: @hover@; }
QComboBox:focus { border: 2px solid @accent@; padding: 0 5px; }
QComboBox:disabled { color: @text3@; border-color: @line@; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/style/chevron_down_@theme@.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView::item { min-height: #24#; padding: 0 6px; border: none; background: @panel@; }
QComboBox QAbstractItemView { background: @panel@; color: @text@; border: 1px solid @field_edge@; selection-background-color: @selected@; selection-color: @text@; outline: none; }

QCheckBox, QRadioButton { color: @text@; spacing: 6px; }
QCheckBox:disabled, QRadioButton:disabled { color: @text3@; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator { width: 12px; height: 12px; background: @field@; border: 1px solid @field_edge@; border-radius: 2px; }
QCheckBox::indicator:hover { border-color: @text3@; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked, QListView::indicator:checked { background: @accent@; border-color: @accent@; image: url(:/icons/style/check_@theme@.svg); }
QCheckBox::indicator:focus { border-color: @accent@; }
QCheckBox:focus { border: 1px solid @accent@; border-radius: 2px; }
QRadioButton::indicator { width: 10px; height: 10px; border: 1px solid @field_edge@; border-radius: 6px; background: @field@; }
QRadioButton::indicator:checked { background: @accent@; border-color: @accent@; }

QDockWidget { color: @text@; titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: @panel@; padding: 8px 12px; text-align: left; }
QDockWidget > QWidget { background: @panel@; }
QTabBar { background: @panel@; qproperty-drawBase: 0; }
QTabBar::tab { background: @panel@; color: @text2@; border: none; border-bottom: 2px solid transparent; padding: #5# #12#; }
QTabBar::tab:selected { color: @text@; border-bottom: 2px solid @accent@; }
QTabBar::tab:hover { background: @hover@; }
QTabBar::tab:focus { border-bottom: 2px solid @accent@; background: @hover@; }
QTabWidget::pane { border: none; border-top: 1px solid @line@; }

QAbstractItemView { background: @panel@; color: @text@; border: none; outline: none; selection-background-color: @selected@; selection-color: @text@; gridline-color: transparent; }
QAbstractItemView::item:hover { background: @hover@; }
QAbstractItemView::item:selected { background: @selected@; color: @text@; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url(:/icons/style/chevron_right_@theme@.svg); }
QTreeView::branch:has-children:open { image: url(:/icons/style/chevron_down_@theme@.svg); }
QHeaderView { background: @panel@; border: none; }
QHeaderView::section { background: @panel@; color: @text2@; border: none; border-bottom: 1px solid @line@; padding: #4# #8#; }
QTableCornerButton::section { background: @panel@; border: none; }

QStatusBar { background: @window@; color: @text2@; border-top: 1px solid @separator@; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @text2@; }
QLabel { background: transparent; }
QLabel[kind="note"] { color: @text2@; }
QLabel[kind="unit"] { color: @text3@; }
QProgressBar { background: @plot@; border: none; max-height: 4px; color: transparent; }
QProgressBar::chunk { background: @accent@; }
QSlider::groove:horizontal { background: @plot@; height: 4px; }
QSlider::handle:horizontal { background: @accent@; width: 8px; margin: -6px 0; border-radius: 2px; }
QSplitter::handle { background: @separator@; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QGroupBox { border: none; border-top: 1px solid @line@; margin-top: #12#; padding-top: #8#; color: @text@; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @field_edge@; border: 2px solid @panel@; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @text3@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

}  // namespace

QString makeStyleSheet(const Theme& theme) {
    QString sheet = QString::fromLatin1(kTemplate);
    for (int i = 0; i < kTokens; ++i) {
        const auto token = static_cast<Token>(i);
        const auto name = tokenName(token);
        sheet.replace('@' + QString::fromLatin1(name.data(), qsizetype(name.size())) + '@',
                      theme.colour(token).name());
    }
    sheet.replace("@interrupt_pressed@",
                  theme.colour(Token::interrupt_fill).darker(125).name());
    sheet.replace("@theme@", theme.dark() ? "dark" : "light");
    for (const int px : {4, 5, 8, 12, 20, 24, 26}) {
        sheet.replace(QStringLiteral("#%1#").arg(px), QStringLiteral("%1px").arg(theme.scaled(px)));
    }
    return sheet;
}

void setKind(QWidget& widget, const char* kind) {
    if (widget.property("kind").toString() == QLatin1String(kind)) return;
    widget.setProperty("kind", kind);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

}  // namespace doubletalk::ui
