/**
 * Which part of the map is seen: moved by hand, wheel and two fingers. The canvas is a layer of its own, so that nothing is
 * drawn anew while it is dragged; it is when its size changes.
 */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { MapLayout, Point } from '../../layout';

interface Camera extends Point {
  readonly scale: number;
}

export interface View {
  readonly canvas: RefObject<SVGSVGElement | null>;
  /** How much can be read at this size: a class for the frame. */
  readonly view: Detail;
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  /** Brings a point into the part that is seen. */
  readonly reveal: (point: Point) => void;
}

export type Detail = 'near' | 'middle' | 'far';

const LARGEST = 3;
const SMALLEST = 0.05;
/** A small map is not blown up to fill a large screen. */
const LARGEST_FIT = 1.5;
const MARGIN = 24;
/** From here on names cannot be read and are left out. */
const FAR = 0.42;
const MIDDLE = 0.75;

const detailOf = (scale: number): Detail => (scale < FAR ? 'far' : scale < MIDDLE ? 'middle' : 'near');

export function useView(frame: RefObject<HTMLDivElement | null>, layout: MapLayout): View {
  const canvas = useRef<SVGSVGElement>(null);
  const camera = useRef<Camera>({ x: 0, y: 0, scale: 1 });
  const touched = useRef(false);
  const [view, setView] = useState<Detail>('near');

  const look = useCallback(
    (next: Camera): void => {
      const { style } = canvas.current ?? {};
      camera.current = next;
      if (style === undefined) return;
      // Its size, not a transformation: a layer that is made larger than it was drawn is drawn in its own size first.
      style.width = `${layout.width * next.scale}px`;
      style.height = `${layout.height * next.scale}px`;
      style.transform = `translate(${next.x}px, ${next.y}px)`;
      setView(detailOf(next.scale));
    },
    [layout],
  );

  const fit = useCallback((): void => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
    if (width === 0 || height === 0) return;
    const scale = Math.min(LARGEST_FIT, (width - 2 * MARGIN) / layout.width, (height - 2 * MARGIN) / layout.height);
    touched.current = false;
    look({
      scale: Math.max(SMALLEST, scale),
      x: (width - layout.width * scale) / 2,
      y: (height - layout.height * scale) / 2,
    });
  }, [layout, look]);

  const zoomAt = useCallback(
    (factor: number, at: Point): void => {
      const { x, y, scale } = camera.current;
      const next = Math.max(SMALLEST, Math.min(LARGEST, scale * factor));
      touched.current = true;
      look({ scale: next, x: at.x - ((at.x - x) * next) / scale, y: at.y - ((at.y - y) * next) / scale });
    },
    [look],
  );

  const zoom = useCallback(
    (factor: number): void => {
      const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
      zoomAt(factor, { x: width / 2, y: height / 2 });
    },
    [zoomAt],
  );

  const reveal = useCallback(
    (point: Point): void => {
      const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
      const { x, y, scale } = camera.current;
      const at = { x: x + point.x * scale, y: y + point.y * scale };
      const inside = at.x > 60 && at.y > 60 && at.x < width - 60 && at.y < height - 60;
      if (inside && scale >= FAR) return;
      const next = Math.max(scale, FAR * 1.6);
      touched.current = true;
      look({ scale: next, x: width / 2 - point.x * next, y: height / 2 - point.y * next });
    },
    [look],
  );

  useLayoutEffect(fit, [fit]);
  useEffect(() => {
    if (frame.current === null) return;
    const watcher = new ResizeObserver(() => {
      if (!touched.current) fit();
    });
    watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, [fit]);
  useGestures(frame, canvas, { camera, look, zoomAt, touched });
  return { canvas, view, fit, zoom, reveal };
}

interface Hands {
  readonly camera: { readonly current: Camera };
  readonly look: (camera: Camera) => void;
  readonly zoomAt: (factor: number, at: Point) => void;
  readonly touched: { current: boolean };
}

/** Pixels that a press may move and still be a click. */
const STILL = 4;
/** What a wheel with steps sends at least; a trackpad sends less, and moves the map. */
const WHEEL_STEP = 80;

function useGestures(
  frame: RefObject<HTMLDivElement | null>,
  canvas: RefObject<SVGSVGElement | null>,
  { camera, look, zoomAt, touched }: Hands,
): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const fingers = new Map<number, Point>();
    let moved = 0;

    const at = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
      const { left, top } = element.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      if (fingers.size === 0) moved = 0;
      fingers.set(event.pointerId, at(event));
    };
    const move = (event: PointerEvent): void => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = at(event);
      const [dx, dy] = [now.x - before.x, now.y - before.y];
      moved += Math.abs(dx) + Math.abs(dy);
      if (moved < STILL) return;
      if (!element.hasPointerCapture(event.pointerId)) {
        element.setPointerCapture(event.pointerId);
        canvas.current?.classList.add('moving');
      }
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      if (other !== undefined) {
        const [was, is] = [distance(before, other), distance(now, other)];
        if (was > 0) zoomAt(is / was, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      }
      touched.current = true;
      const share = other === undefined ? 1 : 0.5;
      const { x, y, scale } = camera.current;
      look({ scale, x: x + dx * share, y: y + dy * share });
    };
    const up = (event: PointerEvent): void => {
      fingers.delete(event.pointerId);
      if (fingers.size === 0) canvas.current?.classList.remove('moving');
    };
    // The end of a drag is no click.
    const click = (event: MouseEvent): void => {
      if (moved >= STILL) event.stopPropagation();
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const steps = event.deltaMode !== 0 || (event.deltaX === 0 && Math.abs(event.deltaY) >= WHEEL_STEP);
      if (event.ctrlKey || event.metaKey) zoomAt(Math.exp(-event.deltaY / 100), at(event));
      else if (steps) zoomAt(event.deltaY < 0 ? 1.2 : 1 / 1.2, at(event));
      else {
        touched.current = true;
        const { x, y, scale } = camera.current;
        look({ scale, x: x - event.deltaX, y: y - event.deltaY });
      }
    };
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('click', click, true);
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('click', click, true);
      element.removeEventListener('wheel', wheel);
    };
  }, [camera, look, zoomAt]);
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
