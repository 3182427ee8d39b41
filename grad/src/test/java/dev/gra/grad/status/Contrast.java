package dev.gra.grad.status;

/** Contrasts by WCAG 2, of all text there is against what is behind it. */
final class Contrast {
  /** The texts that are too faint, with their contrast. */
  static final String SCRIPT =
      """
      (() => {
        const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
        const light = colour => {
          const [r, g, b] = rgb(colour).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b;
        };
        const behind = element => {
          for (let e = element; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (rgb(colour)[3] !== 0) return colour;
          }
        };
        const faint = {};
        for (const element of document.querySelectorAll('body *')) {
          const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
          if (!own) continue;
          const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
          const contrast = (a + .05) / (b + .05);
          if (contrast < 4.5) faint[element.textContent] = contrast;
        }
        return faint;
      })()
      """;

  private Contrast() {}
}
