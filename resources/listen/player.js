// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later

const kLeastTargetS = 0.25;  // kept ahead of the play position
const kMostTargetS = 2.0;
const kStallGrowth = 1.5;
const kCalmS = 30;           // without a stall the target shrinks again
const kCalmShrink = 0.8;
const kSlackS = 0.7;         // further behind than this beyond target and chunk: jump
const kKeptS = 5;            // played audio that stays in the buffer
const kTrimS = 10;           // more than this is cut down to kKeptS
const kMostWaiting = 500;    // pieces not yet in the buffer: a browser that takes none is broken
const kStartingS = 0.05;
const kMarksKept = 100;

/** Plays one live coded stream through Media Source Extensions, close to its newest end.
 *  events: changed(), failed(text). */
export class Player {
  constructor(audio, events) {
    this.audio = audio;
    this.events = events;
    this.wanted = true;
    this.stalls = 0;
    this.skips = 0;
    this.target_s = kLeastTargetS;
    this.forget();
    audio.addEventListener('waiting', () => this.onWaiting());
    audio.addEventListener('timeupdate', () => this.keepUp());
    audio.addEventListener('ended', () => this.onEnded());
    audio.addEventListener('error', () => {
      if (audio.error && this.media) this.fail(`The audio cannot be played: ${audio.error.message}`);
    });
  }

  forget() {
    this.media = null;
    this.buffer = null;
    this.waiting = [];
    this.marks = [];
    this.first_s = null;  // place in all streams in a row of the buffer's time 0
    this.mime = '';
    this.chunk_s = 0;     // that much comes at once
    this.over = false;    // the stream has ended; what is there is all there is
    this.ended = false;   // and was played
    this.running = false;
    this.blocked = false;
  }

  /** A new stream, of which chunk_s [s] come at once. One of the same MIME type goes on where that
   *  before ends, its rate and channels may differ; else what was there is thrown away. */
  open(mime, chunk_s) {
    if (!this.media || this.mime !== mime) this.begin(mime);
    this.chunk_s = chunk_s;
    this.over = false;
  }

  begin(mime) {
    this.forget();
    if (!window.MediaSource || !MediaSource.isTypeSupported(mime)) {
      this.fail(`This browser does not play ${mime} as a live stream. Chromium, Chrome and Edge do.`);
      return;
    }
    const media = new MediaSource();
    this.media = media;
    this.mime = mime;
    media.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(this.audio.src);
      if (this.media !== media) return;
      this.buffer = media.addSourceBuffer(mime);
      this.buffer.mode = 'sequence';
      this.buffer.addEventListener('updateend', () => {
        if (this.media !== media) return;
        this.feed();
        this.keepUp();
      });
      this.feed();
    }, {once: true});
    this.audio.src = URL.createObjectURL(media);
  }

  close() {
    this.forget();
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  fail(text) {
    this.close();
    this.events.failed(text);
  }

  /** The next piece begins at_s into the stream; what sounds there came in at entered_ms. */
  mark(at_s, entered_ms) {
    if (this.first_s === null) this.first_s = at_s;
    this.marks.push({at_s, entered_ms});
    if (this.marks.length > kMarksKept) this.marks.shift();
  }

  /** The stream is whole: what is left of it is played, however little. */
  end() {
    this.over = true;
    this.feed();
    this.keepUp();
  }

  append(bytes) {
    if (!this.media) return;
    this.waiting.push(bytes);
    if (this.waiting.length > kMostWaiting) {
      this.fail('The browser takes no more audio.');
      return;
    }
    this.feed();
  }

  feed() {
    const buffer = this.buffer;
    if (!buffer || buffer.updating || this.media.readyState === 'closed') return;
    const ranges = buffer.buffered;
    const behind = this.running ? this.audio.currentTime : this.newest() - this.target_s;
    if (ranges.length && behind - ranges.start(0) > kTrimS) {
      buffer.remove(ranges.start(0), behind - kKeptS);
      return;
    }
    if (!this.waiting.length) {
      // Browsers hold the last moments back while more may come; the next piece opens it again.
      if (this.over && this.media.readyState === 'open') this.media.endOfStream();
      return;
    }
    let size = 0;
    for (const piece of this.waiting) size += piece.byteLength;
    const all = new Uint8Array(size);
    let at = 0;
    for (const piece of this.waiting) {
      all.set(new Uint8Array(piece), at);
      at += piece.byteLength;
    }
    this.waiting = [];
    try {
      buffer.appendBuffer(all);
    } catch (error) {
      this.fail(`The audio cannot be played: ${error.message}`);
    }
  }

  newest() {
    const ranges = this.buffer ? this.buffer.buffered : null;
    return ranges && ranges.length ? ranges.end(ranges.length - 1) : 0;
  }

  ahead() { return this.newest() - this.audio.currentTime; }

  /** [s] more than this ahead is left out. */
  most() { return this.target_s + kSlackS + this.chunk_s; }

  /** Enough to begin with. */
  ready() { return this.over && !this.waiting.length ? this.ahead() > kStartingS : this.ahead() >= this.target_s; }

  play() {
    this.wanted = true;
    this.blocked = false;
    this.keepUp();
  }

  pause() {
    this.wanted = false;
    this.running = false;
    this.audio.pause();
    this.events.changed();
  }

  /** Starts when there is enough, and jumps when the newest audio is too far ahead. */
  keepUp() {
    if (!this.buffer || !this.newest()) return;
    if (!this.running) {
      if (this.wanted && !this.blocked && this.ready()) this.start();
      return;
    }
    if (this.ahead() > this.most()) {
      this.jump();
      ++this.skips;
      this.events.changed();
    }
    if (performance.now() - this.calm_since_ms > kCalmS * 1000) {
      this.calm_since_ms = performance.now();
      this.target_s = Math.max(kLeastTargetS, this.target_s * kCalmShrink);
    }
  }

  jump() {
    this.from_s = this.newest() - this.target_s;
    this.audio.currentTime = this.from_s;
  }

  start() {
    if (this.ahead() > this.most()) this.jump();
    if (this.ended) this.audio.currentTime = this.audio.currentTime;  // wakes the decoder up
    this.ended = false;
    this.from_s = this.audio.currentTime;
    this.running = true;
    this.calm_since_ms = performance.now();
    this.audio.play().then(() => this.events.changed(), (error) => {
      this.running = false;
      if (error.name === 'NotAllowedError') {
        this.blocked = true;  // until somebody presses the button
        this.wanted = false;
      }
      this.events.changed();
    });
  }

  onWaiting() {
    // Browsers wait a moment at every start, too.
    if (!this.running || this.audio.currentTime - this.from_s < kStartingS) return;
    if (this.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) return;
    if (!this.over) {
      ++this.stalls;
      this.target_s = Math.min(kMostTargetS, this.target_s * kStallGrowth);
    }
    this.running = false;
    this.audio.pause();
    this.events.changed();
  }

  onEnded() {
    this.running = false;
    this.ended = true;
    this.audio.pause();
    this.events.changed();
  }

  /** Server clock [ms] when what sounds now came in; null before it is known. */
  enteredMs() {
    if (this.first_s === null || !this.running || !this.marks.length) return null;
    const at_s = this.first_s + this.audio.currentTime;
    let mark = this.marks[0];
    for (const next of this.marks) {
      if (next.at_s <= at_s) mark = next;
    }
    return mark.entered_ms + (at_s - mark.at_s) * 1000;
  }
}
