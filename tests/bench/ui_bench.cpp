// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// doubletalk_ui_bench: what the plots of the Echo workspace cost. A recorded minute of a scene is
// played into them at the pace of real time; the process does nothing else.
//   --span 60 --fps 30 --seconds 10 --width 1055 --height 870 --every-frame --grab FOLDER
// Or what an hour of history takes, played as fast as it goes; more than --limit MiB is an error:
//   --history 3600 --limit 100
#include <fmt/format.h>
#include <unistd.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QPixmap>
#include <QTimer>
#include <QVBoxLayout>
#include <ctime>
#include <fstream>
#include <functional>

#include "tests/ui/scene_history.h"
#include "ui/plots/delay_variation_plot.h"
#include "ui/plots/echo_path_plot.h"
#include "ui/plots/plot_registry.h"
#include "ui/plots/time_stack.h"
#include "ui/theme/theme.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

double processSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// What a feed held, to be given out again block by block.
struct Recording {
    std::vector<bench::FeedBlock> blocks;
    std::vector<bench::FeedRow> rows;
    std::vector<Event> events;
    std::vector<bench::FeedPacket> packets;
    std::vector<bench::EchoPath> paths;
};

Recording record(const std::string& scene, double seconds) {
    Recording all;
    SceneHistory run(scene);
    bench::FeedBlock block;
    bench::FeedRow row;
    Event event;
    bench::FeedPacket packet;
    bench::EchoPath path;
    for (int i = 0; i < int(seconds * 100.0); ++i) {
        run.step();
        while (run.feed().readBlocks(std::span(&block, 1)) == 1) all.blocks.push_back(block);
        while (run.feed().readRows(std::span(&row, 1)) == 1) all.rows.push_back(row);
        while (run.feed().readEvents(std::span(&event, 1)) == 1) all.events.push_back(event);
        while (run.feed().readPackets(std::span(&packet, 1)) == 1) all.packets.push_back(packet);
        if (run.feed().echoPath(path)) all.paths.push_back(path);
    }
    return all;
}

/// Endless: begins again, its stamps going on.
class Player {
public:
    Player(Recording recording, History& history) : all_(std::move(recording)), history_(history) {}

    void playTo(BlockIndex end) {
        for (; at_ < end; ++at_) {
            const auto length = BlockIndex(all_.blocks.size());
            const auto offset = at_ / length * length;
            const auto i = at_ % length;
            if (i == 0) row_ = event_ = packet_ = path_ = 0;
            auto block = all_.blocks[std::size_t(i)];
            block.block += offset;
            history_.addBlock(block);
            for (; row_ < all_.rows.size() && all_.rows[row_].block <= i; ++row_) {
                auto row = all_.rows[row_];
                row.block += offset;
                history_.addRow(row);
            }
            for (; event_ < all_.events.size() && all_.events[event_].block <= i; ++event_) {
                auto event = all_.events[event_];
                event.block += offset;
                if (event.frame >= 0) event.frame += offset * 160;
                history_.addEvent(event);
            }
            for (; packet_ < all_.packets.size() && all_.packets[packet_].block <= i; ++packet_) {
                auto packet = all_.packets[packet_];
                packet.block += offset;
                history_.addPacket(packet);
            }
            for (; path_ < all_.paths.size() && all_.paths[path_].block <= i; ++path_) {
                auto path = all_.paths[path_];
                path.block += offset;
                history_.setEchoPath(path);
            }
        }
    }

private:
    Recording all_;
    History& history_;
    BlockIndex at_ = 0;
    std::size_t row_ = 0, event_ = 0, packet_ = 0, path_ = 0;
};

/// Memory of this process that is really there.
double residentMib() {
    std::ifstream file("/proc/self/statm");
    double all = 0.0;
    double resident = 0.0;
    file >> all >> resident;
    return resident * double(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

/// Drawn four times a second of history, as whole as a window draws it.
int measureHistory(Player& player, const History& history, TimeView& view,
                   const std::function<void()>& draw, double seconds, double limit_mib) {
    constexpr BlockIndex kWarmUp = 6000;  // every buffer of the plots is there
    double before_mib = 0.0;
    double most_mib = 0.0;
    const auto blocks = BlockIndex(seconds * 100.0) + kWarmUp;
    for (BlockIndex block = 0; block <= blocks; block += 25) {
        player.playTo(block);
        view.advance(history.nowS());
        draw();
        if (block == kWarmUp) before_mib = residentMib();
        if (block % 6000 == 0) most_mib = std::max(most_mib, residentMib());
    }
    const double grown_mib = residentMib() - before_mib;
    view.fit();
    draw();
    fmt::print(
        "{:.0f} s of history: {:.1f} MiB more ({:.1f} at most) than after a minute's {:.1f} MiB\n",
        seconds, grown_mib, most_mib - before_mib, before_mib);
    return grown_mib < limit_mib ? 0 : 1;
}

void grab(QWidget& window, TimeView& view, const QString& folder) {
    for (const bool dark : {true, false}) {
        Theme::current().setDark(dark);
        for (int i = 0; i < 3; ++i) QApplication::processEvents();
        view.advance(view.nowS());
        for (auto* stack : window.findChildren<TimeStack*>()) stack->refresh();
        for (auto* plot : window.findChildren<SmallPlot*>()) plot->refresh();
        QApplication::processEvents();
        window.grab().save(folder + '/' + window.objectName() +
                           (dark ? "-dark.png" : "-light.png"));
    }
    Theme::current().setDark(true);
}

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QCommandLineParser options;
    options.addHelpOption();
    const auto number = [&](const char* name, const char* text, const char* value) {
        options.addOption({name, text, "number", value});
    };
    number("span", "seconds shown", "60");
    number("fps", "frames a second", "30");
    number("seconds", "measured", "10");
    number("width", "of the plots", "1055");
    number("height", "of the plots", "870");
    number("history", "seconds played at once, to measure memory", "0");
    number("limit", "MiB the history may grow by", "100");
    options.addOption({"scene", "scene", "id", "barge_in"});
    options.addOption({"workspace", "echo or network", "name", "echo"});
    options.addOption({"every-frame", "draw also what looks like the frame before"});
    options.addOption({"grab", "pictures into this folder, no measurement", "folder"});
    options.process(app);
    Theme::current().applyTo(app);

    History history;
    TimeView view;
    QWidget window;
    window.setObjectName(options.value("workspace"));
    auto* column = new QVBoxLayout(&window);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    std::vector<TimeStack*> stacks;
    if (options.value("workspace") == "network") {
        stacks = {makeNetworkStack(history, view, &window)};
    } else {
        stacks = {makeEchoStack(history, view, &window), makeLatencyStack(history, view, &window)};
    }
    SmallPlot* small = nullptr;
    if (options.value("workspace") == "network") {
        small = new DelayVariationPlot(history, &window);
    } else {
        small = new EchoPathPlot(history, &window);
    }
    auto* below = new QHBoxLayout;
    below->addWidget(small, 1);
    if (stacks.size() > 1) below->addWidget(stacks[1], 2);
    column->addWidget(stacks[0], 7);
    column->addLayout(below, 3);
    window.resize(options.value("width").toInt(), options.value("height").toInt());
    window.show();

    const double span = options.value("span").toDouble();
    const double fps = options.value("fps").toDouble();
    Player player(record(options.value("scene").toStdString(), 30.0), history);
    view.setSpan(span);
    if (options.isSet("grab")) {
        player.playTo(BlockIndex(span * 96.0));
        view.advance(history.nowS());
        grab(window, view, options.value("grab"));
        return 0;
    }
    if (const double seconds = options.value("history").toDouble(); seconds > 0.0) {
        const auto draw = [&] {
            for (auto* stack : stacks) stack->refresh();
            small->refresh();
            QApplication::processEvents();
        };
        return measureHistory(player, history, view, draw, seconds,
                              options.value("limit").toDouble());
    }
    player.playTo(BlockIndex(span * 100.0));
    const auto first = BlockIndex(history.nowS() * 100.0);
    QElapsedTimer clock;
    int frames = 0;
    double longest_ms = 0.0;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    double cpu = 0.0;
    std::int64_t drawn = 0;
    const auto drawnNow = [&] {
        std::int64_t sum = 0;
        for (const auto* stack : stacks) sum += stack->framesDrawn();
        return sum;
    };
    QObject::connect(&timer, &QTimer::timeout, &app, [&] {
        const double before = processSeconds();
        player.playTo(first + BlockIndex(clock.elapsed() / 10));
        view.advance(history.nowS());
        for (auto* stack : stacks) {
            if (options.isSet("every-frame")) stack->setLimit({}, 0.0);
            stack->refresh();
        }
        small->refresh();
        QApplication::sendPostedEvents();
        if (++frames == int(fps)) {  // the first second warms up
            cpu = processSeconds();
            drawn = drawnNow();
            longest_ms = 0.0;
        }
        longest_ms = std::max(longest_ms, 1000.0 * (processSeconds() - before));
        if (frames >= int(fps * (options.value("seconds").toDouble() + 1.0))) QApplication::quit();
    });
    clock.start();
    timer.start(int(1000.0 / fps));
    QApplication::exec();
    const double wall = (frames - fps) / fps;
    const double used = processSeconds() - cpu;
    fmt::print(
        "{} workspace, {} x {}, {} s of history, {} frames a second: {:.1f} % of a core, "
        "{:.2f} ms a frame, longest {:.1f} ms, {:.1f} drawings a second\n",
        options.value("workspace").toStdString(), window.width(), window.height(), span, fps,
        100.0 * used / wall, 1000.0 * used / (frames - fps), longest_ms,
        double(drawnNow() - drawn) / wall);
    return 0;
}
