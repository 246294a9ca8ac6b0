// A chart as a picture to take away: the SVG that is on the page with what must stand beside it written above and below.
// Made in the browser from what it has already drawn, in the colours that the style sheet repaints on a dark page: nothing is fetched, and text is only ever set as text.

const SVG = "http://www.w3.org/2000/svg";
const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const INK = "#1F1F1F";
const GREY = "#5B5B5B";
const EDGE = 24;
// Text is not squeezed into the width of a telephone: a narrower chart is drawn larger.
const LEAST = 460;

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function drawn(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  parent?.append(element);
  return element;
}

// Words that fit a width; a word that is too long by itself (an address) is cut.
function lines(text, width, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const fits = (words) => pen.measureText(words).width <= width;
  const found = [];
  let line = "";
  for (let word of text.split(/\s+/).filter(Boolean)) {
    if (line && !fits(`${line} ${word}`)) {
      found.push(line);
      line = "";
    }
    while (!line && !fits(word) && word.length > 1) {
      let end = word.length - 1;
      while (end > 1 && !fits(word.slice(0, end))) end -= 1;
      found.push(word.slice(0, end));
      word = word.slice(end);
    }
    line = line ? `${line} ${word}` : word;
  }
  return line ? [...found, line] : found;
}

// Writes a paragraph and gives where the next one may begin.
function write(picture, text, top, width, { size, weight = 400, ink = INK }) {
  const step = size * 1.35;
  const look = { x: EDGE, "font-size": size, "font-weight": weight, "font-family": FONTS, fill: ink };
  const found = lines(text, width - 2 * EDGE, `${weight} ${size}px ${FONTS}`);
  found.forEach((line, turn) => {
    drawn("text", { ...look, y: top + size + turn * step }, picture).textContent = line;
  });
  return top + step * found.length;
}

// The corners of a shape that the style sheet cuts out, none for a whole one.
function corners(cut, left, top, { width, height }) {
  const along = (part, length) => (part.endsWith("%") ? (parseFloat(part) / 100) * length : parseFloat(part));
  const found = cut.match(/^polygon\((.*)\)$/)?.[1].split(",") ?? [];
  return found.map((corner) => {
    const [x, y] = corner.trim().split(/\s+/);
    return `${left + along(x, width)},${top + along(y, height)}`;
  });
}

// A mark of the key as the style sheet draws it, so that picture and page cannot differ; gives its width.
function mark(picture, sample, left, middle) {
  const style = getComputedStyle(sample);
  const { width, height } = sample.getBoundingClientRect();
  const top = middle - height / 2;
  const edge = ["Left", "Top"].find((side) => parseFloat(style[`border${side}Width`]) > 0);
  const thick = edge ? parseFloat(style[`border${edge}Width`]) : 0;
  const dash = edge && { dotted: "2 3", dashed: "5 3" }[style[`border${edge}Style`]];
  const stroke = edge ? { stroke: style[`border${edge}Color`], "stroke-width": thick, "stroke-dasharray": dash ?? "none" } : {};
  const line = edge && !(parseFloat(style.borderRightWidth) && parseFloat(style.borderBottomWidth));
  const cut = corners(style.clipPath, left, top, { width, height });
  if (line && edge === "Left") drawn("line", { x1: left, x2: left, y1: top, y2: top + height, ...stroke }, picture);
  else if (line) drawn("line", { x1: left, x2: left + width, y1: middle, y2: middle, ...stroke }, picture);
  else if (cut.length) drawn("polygon", { points: cut.join(" "), fill: style.backgroundColor }, picture);
  else {
    const round = style.borderTopLeftRadius.endsWith("%") ? (parseFloat(style.borderTopLeftRadius) / 100) * width : 0;
    const place = { x: left + thick / 2, y: top + thick / 2, width: width - thick, height: height - thick, rx: round };
    drawn("rect", { ...place, ...stroke, fill: style.backgroundColor }, picture);
  }
  const written = { x: left + width / 2, y: middle + 4.5, "text-anchor": "middle", "font-size": 13, "font-weight": 700, "font-family": FONTS };
  if (sample.textContent) drawn("text", { ...written, fill: style.color }, picture).textContent = sample.textContent;
  return width;
}

// The key of the chart, in as many rows as it needs.
function key(picture, items, top, width, root) {
  const size = 14;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `400 ${size}px ${FONTS}`;
  const sample = document.createElement("span");
  root.append(sample);
  let left = EDGE;
  let middle = top + 15;
  for (const { look, style, sign, words } of items) {
    const long = pen.measureText(words).width + 34;
    if (left > EDGE && left + long > width - EDGE) {
      left = EDGE;
      middle += 28;
    }
    sample.className = look;
    // A picture is on white, whatever the page is on.
    sample.style.cssText = `${style};color-scheme:light`;
    sample.textContent = sign;
    const beside = left + mark(picture, sample, left, middle) + 7;
    const written = { x: beside, y: middle + 5, "font-size": size, "font-family": FONTS, fill: INK };
    drawn("text", written, picture).textContent = words;
    left = beside + pen.measureText(words).width + 20;
  }
  sample.remove();
  return items.length ? middle + 18 : top;
}

// A layer of the chart without what only a page needs.
function layer(original, place) {
  const copy = original.cloneNode(true);
  // Where a font of the page is missing, text keeps the room that it has on the page, and so its place.
  const written = (svg) => [...svg.querySelectorAll("text, tspan.line")].filter((one) => !one.querySelector("tspan.line"));
  const there = written(original);
  written(copy).forEach((one, turn) => {
    const length = there[turn].getComputedTextLength();
    if (length) set(one, { textLength: length, lengthAdjust: "spacingAndGlyphs" });
  });
  copy.querySelectorAll(".hoverlayer, .zoomlayer").forEach((one) => one.remove());
  // Lines grow with the picture; on the page Plotly keeps them as wide as they are.
  copy.querySelectorAll("[style*=vector-effect]").forEach((one) => one.style.removeProperty("vector-effect"));
  copy.removeAttribute("class");
  copy.style.background = "none";
  set(copy, place);
  return copy;
}

// The whole picture as an SVG element; null where the chart is not on the page.
function compose(told, root) {
  const plot = document.querySelector(`.st-key-${CSS.escape(told.key)} .js-plotly-plot`);
  const layers = plot ? [...plot.querySelectorAll("svg.main-svg")] : [];
  if (!layers.length) return null;
  const page = layers[0].getBoundingClientRect();
  const chart = Math.max(Math.round(page.width), LEAST);
  const height = (page.height * chart) / page.width;
  const width = chart + 2 * EDGE;
  const picture = drawn("svg", { xmlns: SVG, role: "img" });
  drawn("title", {}, picture).textContent = `${told.finding}. ${told.measure}`;
  drawn("desc", {}, picture).textContent = told.sentence;
  const ground = drawn("rect", { width: "100%", height: "100%", fill: "#FFFFFF" }, picture);
  let top = write(picture, told.finding, EDGE, width, { size: 19, weight: 700 });
  top = write(picture, told.measure, top + 2, width, { size: 14, ink: GREY }) + 6;
  top = key(picture, told.legend, top, width, root) + 6;
  const place = { x: EDGE, y: top, width: chart, height, viewBox: `0 0 ${page.width} ${page.height}` };
  picture.append(...layers.map((original) => layer(original, place)));
  top = write(picture, told.sentence, top + height + 14, width, { size: 15 }) + 8;
  for (const words of told.beside) top = write(picture, words, top + 2, width, { size: 12.5, ink: GREY });
  const tall = Math.ceil(top + EDGE / 2);
  set(picture, { width, height: tall, viewBox: `0 0 ${width} ${tall}` });
  ground.setAttribute("height", tall);
  return picture;
}

function vector(picture) {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}`;
  return new Blob([text], { type: "image/svg+xml" });
}

// Twice as many dots as the page has, for print.
async function dots(picture) {
  const address = URL.createObjectURL(vector(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * picture.getAttribute("width");
    canvas.height = 2 * picture.getAttribute("height");
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser gave no picture");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const MAKERS = { PNG: dots, SVG: vector };

// The press of a button beside a chart; what its picture tells stands in the page beside it.
async function pressed(event) {
  const button = event.target.closest?.("[data-picture] button");
  if (!button) return;
  const root = button.parentElement;
  const told = JSON.parse(root.dataset.picture);
  const said = root.querySelector("[role=status]");
  said.textContent = "";
  try {
    const picture = compose(told, root);
    if (!picture) throw new Error("the chart is not drawn");
    const blob = await MAKERS[button.dataset.type](picture);
    const name = `${told.file}.${button.dataset.type.toLowerCase()}`;
    save(blob, name);
    said.textContent = `Saved as ${name}, ${Math.max(Math.round(blob.size / 1000), 1)} kB.`;
  } catch {
    said.textContent = "This browser could not make the picture. The numbers are in the table.";
  }
}
