/** The two widgets used, loaded each by itself: the library's index would load a map and much else. */
declare module 'blessed-contrib/lib/widget/canvas.js' {
  /** A box with a grid of Braille dots, two columns and four rows of them a cell. */
  class Canvas {
    constructor(options: object);
    width: number;
    height: number;
    canvasSize: { width: number; height: number };
    ctx: {
      canvas: { set(x: number, y: number): void; clear(): void };
      strokeStyle: string;
    };
    calcSize(): void;
    setData(data: unknown): void;
  }
  export default Canvas;
}

declare module 'blessed-contrib/lib/widget/gauge.js' {
  class Gauge {
    constructor(options: object);
    setPercent(percent: number): void;
  }
  export default Gauge;
}
