// Draws each <figure data-chart> from the JSON block it names. The table twin below it says the same in words.
import { BarChart, LineChart, RadarChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, RadarChart, GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent, SVGRenderer]);

function ink() {
  const style = getComputedStyle(document.body);
  return { text: style.getPropertyValue("--tblr-body-color"), line: style.getPropertyValue("--tblr-border-color") };
}

function options(given) {
  const { text, line } = ink();
  const axis = { axisLabel: { color: text }, splitLine: { lineStyle: { color: line } }, axisLine: { lineStyle: { color: line } } };
  const common = {
    ...given,
    animation: false,
    color: ["#066fd1", "#d6336c", "#0ca678", "#f59f00", "#8a94a6"],
    tooltip: { trigger: given.radar ? "item" : "axis", renderMode: "richText" },
    legend: { bottom: 0, textStyle: { color: text }, ...given.legend },
  };
  if (given.radar) {
    const lines = { lineStyle: { color: line } };
    // Names in two lines: at 360 px they stand beside the web and must not be cut.
    const axisName = { color: text, lineHeight: 16, formatter: (name) => name.replace(" ", "\n") };
    const radar = { radius: "56%", center: ["50%", "46%"], axisName, axisLine: lines, splitLine: lines, splitArea: { show: false } };
    return { ...common, radar: { ...radar, ...given.radar } };
  }
  return {
    ...common,
    grid: { left: 8, right: 16, top: 24, bottom: 36, containLabel: true, ...given.grid },
    xAxis: { ...axis, ...given.xAxis },
    yAxis: { ...axis, ...given.yAxis },
  };
}

function draw() {
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const given = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    echarts.getInstanceByDom(figure)?.dispose();
    echarts.init(figure, null, { renderer: "svg" }).setOption(options(given));
  }
}

draw();
document.addEventListener("themechange", draw);
addEventListener("resize", () => {
  for (const figure of document.querySelectorAll("[data-chart]")) echarts.getInstanceByDom(figure)?.resize();
});
