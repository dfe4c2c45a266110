// What a look at the page finds wrong, as {sticksOut, overlaps, faint}: lists that should be empty.
(leastContrast) => {
  const rows = [...document.querySelectorAll("#log .row")];

  // Sideways, out of the page or of the chat; a carousel is scrolled within its own row.
  const sticksOut = () => {
    const page = document.documentElement;
    const { left, right } = document.getElementById("scroll").getBoundingClientRect();
    const found = page.scrollWidth > page.clientWidth ? ["the page itself"] : [];
    for (const node of rows.flatMap((row) => [...row.querySelectorAll("*")])) {
      const box = node.getBoundingClientRect();
      const inside = box.width === 0 || (box.left >= left - 1 && box.right <= right + 1);
      if (!inside && !node.closest(".carousel, svg")) found.push(node.className);
    }
    return found;
  };

  const overlaps = () => {
    const boxes = rows.map((row) => row.getBoundingClientRect());
    return boxes.filter((box, at) => at > 0 && box.top < boxes[at - 1].bottom - 1).map((box) => box.top);
  };

  // -- words that hardly stand out from what lies behind them (WCAG's contrast) ------------------

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };

  const over = ([r, g, b, a], under) =>
    [r, g, b].map((value, at) => (value * a + under[at] * (255 - a)) / 255);

  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 255 ? own.slice(0, 3) : over(own, ground(node.parentElement));
  };

  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  // Flex messages bring colours of their own, and what can't be pressed now may be faint.
  const SKIPPED = "script, noscript, option, :disabled, .flex-bubble, .skip, [hidden], [hidden] *";

  const faint = () => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const words = walk.currentNode.textContent.trim();
      const node = walk.currentNode.parentElement;
      if (!words || node.closest(SKIPPED) || !node.checkVisibility({ opacityProperty: true })) continue;
      const under = ground(node);
      const lights = [over(rgba(getComputedStyle(node).color), under), under].map(luminance);
      const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      if (contrast < leastContrast) found.push(`${words} (${node.className}): ${contrast.toFixed(2)}`);
    }
    return found;
  };

  return { sticksOut: sticksOut(), overlaps: overlaps(), faint: faint() };
}
