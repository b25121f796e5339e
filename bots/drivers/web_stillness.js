// Will the page still change by itself because of what was typed? What it has set a timer for since then is waited for;
// a page that has other ways to be told (a clock, a socket, a worker) must keep still for a while as well.

const SOON = 1500; // milliseconds; a timer set for later is no answer to what was typed
const PATIENT = 5000; // and a page that sets one timer after the other for longer than this never comes to an end
const LATE = 100; // how late a timer that is a text of code, and so cannot tell that it was called, may be called
const QUICK = 100;
const IDLE_TURNS = 3; // what was set so often while nobody typed is a clock

const native = {
  setTimeout: window.setTimeout.bind(window),
  clearTimeout: window.clearTimeout.bind(window),
  requestAnimationFrame: window.requestAnimationFrame.bind(window),
};
const timers = new Map(); // by id: until when it counts, should it not tell that it was called
const turns = new Map(); // by code and delay: how often it was set while nobody typed
const intervals = new Map(); // by id: its period, how often it came round, and whether it can tell
let touched = null; // when the first field since the last rest was worked
let running = null;
let talked = null; // when something was last said to a socket or a worker

const isClock = (code) => code === running || turns.get(code) >= IDLE_TURNS;
const keep = (id, code, delay, tells) => {
  if (touched === null) turns.set(code, (turns.get(code) || 0) + 1);
  if (delay <= SOON && !isClock(code)) timers.set(id, tells ? Infinity : performance.now() + delay + LATE);
};
const followingTimers = () => {
  window.setTimeout = function setTimeout(work, delay, ...given) {
    const milliseconds = Number(delay) || 0;
    const code = milliseconds + ' ' + work;
    const called = typeof work !== 'function' ? work : function (...values) {
      const outer = running;
      running = code;
      try { return work.apply(this, values); } finally { running = outer; timers.delete(id); }
    };
    const id = native.setTimeout(called, delay, ...given);
    keep(id, code, milliseconds, called !== work);
    return id;
  };
  const interval = window.setInterval.bind(window);
  window.setInterval = function setInterval(work, period, ...given) {
    const own = { period: Number(period) || 0, rounds: 0, tells: typeof work === 'function' };
    const called = !own.tells ? work : function (...values) {
      own.rounds += 1;
      return work.apply(this, values);
    };
    const id = interval(called, period, ...given);
    intervals.set(id, own);
    return id;
  };
  for (const name of ['clearTimeout', 'clearInterval']) {
    const clear = window[name];
    window[name] = function (id) {
      timers.delete(id);
      intervals.delete(id);
      return clear.call(window, id);
    };
  }
};
const followingTalk = () => {
  for (const [kind, name] of [[window.WebSocket, 'send'], [window.Worker, 'postMessage'], [window.MessagePort, 'postMessage']]) {
    if (!kind) continue;
    const say = kind.prototype[name];
    kind.prototype[name] = function (...given) {
      talked = performance.now();
      return say.apply(this, given);
    };
  }
};

const touch = () => { if (touched === null) touched = performance.now(); };
const isLively = () => intervals.size > 0 || (talked !== null && talked >= (touched ?? Infinity))
  || [...turns.values()].some((times) => times >= IDLE_TURNS);
const isAnswering = () => {
  const now = performance.now();
  for (const [id, until] of timers) if (until < now) timers.delete(id);
  return touched !== null && now - touched < PATIENT && timers.size > 0;
};
// Nobody has worked a field yet, and the page means to do nothing by itself.
const isUntouched = () => touched === null && !isLively() && timers.size === 0;
// How often each quick clock came round; what it changes is seen only once it has.
const rounds = () => new Map([...intervals].filter(([, own]) => own.tells && own.period <= QUICK).map(([id, own]) => [id, own.rounds]));
const allCameRound = (since) => [...since].every(([id, times]) => !intervals.has(id) || intervals.get(id).rounds > times);
const cameToRest = () => { touched = null; timers.clear(); };

// A lively form must also stop being redrawn and moved about; what was redrawn so often while nobody typed is a clock.
const redraws = new WeakMap(); // by node: how often it was redrawn while nobody typed
let redrawnAt = -Infinity;
let restless = { since: null, asked: 0 }; // since when nothing but this is in the way of rest, with nothing asked of the ERP
const isClockFace = (node) => redraws.get(node) >= IDLE_TURNS;
const noteRedraws = (records) => {
  const nodes = new Set(records.map((record) => record.target));
  if (touched === null) nodes.forEach((node) => redraws.set(node, (redraws.get(node) || 0) + 1));
  if ([...nodes].some((node) => !isClockFace(node))) redrawnAt = performance.now();
};
new MutationObserver(noteRedraws)
  .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
const isMoving = () => document.getAnimations().some((one) => one.playState === 'running'
  && one.effect && one.effect.getComputedTiming().endTime <= SOON);
const isRedrawing = (began, asked) => {
  const now = performance.now();
  const busy = redrawnAt >= began || isMoving();
  if (!busy || restless.since === null || restless.asked !== asked) restless = { since: busy ? now : null, asked };
  return busy && now - restless.since < SOON;
};

followingTimers();
followingTalk();
