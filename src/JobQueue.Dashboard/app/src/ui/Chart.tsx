import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, shownTheme } from '../lib/preferences';
import { useStore } from '../lib/store';
import type { Clock } from '../lib/time';

export interface ChartLine {
  label: string;
  /** A colour of the style sheet: the name of a custom property. */
  color: string;
  fill?: boolean;
}

interface Props {
  label: string;
  lines: ChartLine[];
  /** Seconds since the epoch. */
  times: number[];
  values: (number | null)[][];
  format: (value: number) => string;
  height?: number;
  /** Shows the last so many seconds, also while there are fewer points. */
  spanSeconds?: number;
}

/** A canvas takes no custom property and no light-dark(): what the browser makes of one is read off an element. */
function colorOf(element: HTMLElement, property: string): string {
  element.style.color = `var(${property})`;
  const color = getComputedStyle(element).color;
  element.style.color = '';
  return color;
}

const translucent = (color: string, alpha: number): string => color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);

export function Chart({ label, lines, times, values, format, height = 170, spanSeconds }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const chosenClock = useStore(clock);
  const theme = useStore(shownTheme);
  const [cursor, setCursor] = useState<number | null>(null);
  const labels = lines.map((line) => `${line.label} ${line.color}`).join();

  useEffect(() => {
    const element = host.current;
    if (element === null) {
      return undefined;
    }
    const muted = colorOf(element, '--muted');
    const grid = colorOf(element, '--line');
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        padding: [8, 24, 0, 0],
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        tzDate: (at) => (chosenClock === 'utc' ? uPlot.tzDate(new Date(at * 1_000), 'Etc/UTC') : new Date(at * 1_000)),
        scales: { x: { time: true }, y: { range: (_, __, high) => [0, high > 0 ? high * 1.1 : 1] } },
        axes: [
          { stroke: muted, grid: { show: false }, ticks: { show: false }, size: 26, space: 76, font: '11px system-ui', values: timeLabels(chosenClock) },
          { stroke: muted, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 54, font: '11px system-ui', values: (_, splits) => splits.map(format) },
        ],
        series: [
          {},
          ...lines.map((line) => {
            const color = colorOf(element, line.color);
            return { label: line.label, stroke: color, width: 1.5, points: { show: true, size: 4, fill: color, filter: lonely }, ...(line.fill === true ? { fill: translucent(color, 0.14) } : {}) };
          }),
        ],
        hooks: { setCursor: [(self) => setCursor(self.cursor.idx ?? null)] },
      },
      [[], ...lines.map(() => [])],
      element,
    );
    plot.current = chart;
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // A chart is made anew only when what it is made of changes; the format is a constant of its caller.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [labels, chosenClock, theme, height]);

  useEffect(() => {
    const chart = plot.current;
    if (chart === null) {
      return;
    }
    chart.setData([times, ...values] as uPlot.AlignedData, spanSeconds === undefined);
    if (spanSeconds !== undefined) {
      const end = times.at(-1) ?? Date.now() / 1_000;
      chart.setScale('x', { min: end - spanSeconds, max: end });
    }
  }, [times, values, spanSeconds, labels, chosenClock, theme, height]);

  const shown = cursor ?? times.length - 1;
  return (
    <figure className="chart">
      <figcaption>
        {lines.map((line, index) => {
          const value = values[index]?.[shown];
          return (
            <span key={line.label} className="legend">
              <span className="swatch" style={{ background: `var(${line.color})` }} aria-hidden="true" />
              {line.label} <strong>{value === null || value === undefined ? '–' : format(value)}</strong>
            </span>
          );
        })}
      </figcaption>
      <div ref={host} role="img" aria-label={label} style={{ height }} />
    </figure>
  );
}

const isValue = (value: number | null | undefined): boolean => value !== null && value !== undefined;

/** A value without neighbours makes no line: it gets a dot. */
function lonely(self: uPlot, series: number): number[] {
  const values = self.data[series] ?? [];
  const found: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (isValue(values[index]) && !isValue(values[index - 1]) && !isValue(values[index + 1])) {
      found.push(index);
    }
  }
  return found;
}

/** 08:15, or with seconds where the steps are shorter than a minute. */
function timeLabels(shown: Clock): uPlot.Axis.DynamicValues {
  const two = (value: number) => String(value).padStart(2, '0');
  return (_, splits, __, ___, step) =>
    splits.map((at) => {
      const time = new Date(at * 1_000);
      const [hours, minutes, seconds] =
        shown === 'utc' ? [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()] : [time.getHours(), time.getMinutes(), time.getSeconds()];
      return `${two(hours)}:${two(minutes)}${step < 60 ? `:${two(seconds)}` : ''}`;
    });
}
