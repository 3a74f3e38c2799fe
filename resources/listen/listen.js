// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
import {Player} from './player.js';

const kClockMs = 2000;
const kFirstClocks = 4;     // asked for quickly, for a good guess early
const kFirstClockMs = 100;
const kClocksKept = 20;
const kShowMs = 250;
const kMeasureS = 1;
const kFirstRetryMs = 1000;
const kLastRetryMs = 10000;
const kTooSlow = 1013;
const kGoingAway = 1001;

const at = (id) => document.getElementById(id);
const show = (id, text) => {
  if (at(id).textContent !== text) at(id).textContent = text;
};

let socket = null;
let retry_ms = kFirstRetryMs;
let trouble = '';      // why there is no stream
let format = null;
let measured = null;   // {from_s, bytes, kbit_s} of this stream
let clocks = [];       // {trip_ms, offset_ms} of the newest answers
let clock_timer = 0;

const player = new Player(at('audio'), {
  changed: showState,
  failed: (text) => {
    trouble = text;
    showState();
  },
});

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${scheme}://${location.host}/ws`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    trouble = '';
    retry_ms = kFirstRetryMs;
    clocks = [];
    askClock(kFirstClocks);
    showState();
  };
  socket.onmessage = (event) => {
    if (typeof event.data === 'string') {
      onText(JSON.parse(event.data));
    } else {
      if (measured) measured.bytes += event.data.byteLength;
      player.append(event.data);
    }
  };
  socket.onclose = (event) => {
    clearTimeout(clock_timer);
    socket = null;
    format = null;
    player.close();
    trouble = closeReason(event);
    show('stream', '–');
    show('listeners', '–');
    setTimeout(connect, retry_ms);
    retry_ms = Math.min(kLastRetryMs, retry_ms * 2);
    showState();
  };
}

function closeReason(event) {
  if (event.code === kTooSlow) return `Sent away: ${event.reason || 'the server has no room'}. Trying again…`;
  if (event.code === kGoingAway) return 'The server has ended. Trying again…';
  return 'No connection to the server. Trying again…';
}

function onText(message) {
  if (message.type === 'format') {
    format = message;
    measured = null;
    trouble = '';
    player.open(message.mime, message.chunk_s);
  } else if (message.type === 'mark') {
    player.mark(message.at_s, message.entered_ms);
    measure(message.at_s);
  } else if (message.type === 'title') {
    if (format) format.title = message.title;
  } else if (message.type === 'end') {
    player.end();
  } else if (message.type === 'clock') {
    onClock(message);
  }
  showState();
}

/** The bit rate as it is: a codec may have none as asked for. */
function measure(at_s) {
  if (!measured) measured = {from_s: at_s, bytes: 0, kbit_s: null};
  const past_s = at_s - measured.from_s;
  if (past_s >= kMeasureS) measured.kbit_s = measured.bytes * 8 / past_s / 1000;
}

function askClock(quick) {
  if (!socket || socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({type: 'clock', page_ms: performance.now()}));
  clock_timer = setTimeout(() => askClock(quick - 1), quick > 1 ? kFirstClockMs : kClockMs);
}

/** The answer with the shortest trip tells best how far the clocks are apart. */
function onClock(message) {
  const now_ms = performance.now();
  const trip_ms = now_ms - message.page_ms;
  clocks.push({trip_ms, offset_ms: message.server_ms - (now_ms + message.page_ms) / 2});
  if (clocks.length > kClocksKept) clocks.shift();
  show('listeners', String(message.listeners));
}

function serverMs() {
  if (!clocks.length) return null;
  const best = clocks.reduce((a, b) => (b.trip_ms < a.trip_ms ? b : a));
  return performance.now() + best.offset_ms;
}

function state() {
  if (trouble) return ['problem', trouble];
  if (!socket || socket.readyState !== WebSocket.OPEN) return ['connecting', 'Connecting…'];
  if (!format) return ['waiting', 'Connected, waiting for audio'];
  if (player.running) return ['playing', 'Playing live'];
  if (player.blocked) return ['paused', 'Press Listen to start'];
  if (!player.wanted) return ['paused', 'Stopped'];
  if (player.over) return ['waiting', 'Connected, waiting for audio'];
  return ['buffering', 'Buffering…'];
}

function showState() {
  const [name, text] = state();
  document.body.dataset.state = name;
  show('status', text);
  show('listen', player.wanted ? 'Stop' : 'Listen');
  if (format) {
    const channels = format.channels === 1 ? 'mono' : 'stereo';
    show('title', format.title);
    const kbit_s = measured && measured.kbit_s ? `${Math.round(measured.kbit_s)} kbit/s, ` : '';
    show('stream', `${format.codec}, ${kbit_s}${format.rate_hz / 1000} kHz, ${channels}`);
  }
}

function showNumbers() {
  const entered_ms = player.enteredMs();
  const now_ms = serverMs();
  const known = entered_ms !== null && now_ms !== null;
  show('latency', known ? `${Math.round(now_ms - entered_ms)} ms` : '–');
  show('buffered', player.running ? `${Math.round(player.ahead() * 1000)} ms` : '–');
  show('stalls', String(player.stalls));
  show('skips', String(player.skips));
}

at('listen').addEventListener('click', () => {
  if (player.wanted) {
    player.pause();
  } else {
    player.play();
  }
  showState();
});
at('volume').addEventListener('input', () => {
  at('audio').volume = at('volume').value / 100;
  show('volume-shown', `${at('volume').value} %`);
});
setInterval(showNumbers, kShowMs);
connect();
