import Canvas from 'blessed-contrib/lib/widget/canvas.js';
import Gauge from 'blessed-contrib/lib/widget/gauge.js';

export { Gauge };

/** Percentages over time as a filled curve of Braille dots, always on a scale from 0 to 100, the newest at the right. */
export class History extends Canvas {
  override calcSize(): void {
    this.canvasSize = { width: this.width * 2, height: this.height * 4 };
  }

  override setData(values: readonly number[]): void {
    const { width, height } = this.canvasSize;
    const { canvas } = this.ctx;
    canvas.clear();
    const shown = values.slice(-width);
    shown.forEach((value, index) => {
      const dots = Math.max(1, Math.round((Math.min(100, Math.max(0, value)) / 100) * height));
      for (let dot = 1; dot <= dots; dot++) canvas.set(width - shown.length + index, height - dot);
    });
  }

  setColor(color: string): void {
    this.ctx.strokeStyle = color;
  }
}
