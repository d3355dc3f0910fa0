/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.distributedtask.benchmarks.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;

import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/**
 * Bars from left to right, in the order in which they were added.
 */
final class BarChart {

	private static final int WIDTH = 860;

	private static final int BAR = 18;

	private static final int MARGINS = 110;

	/** Can be told apart by people who do not see all colors (Okabe and Ito). */
	private static final Color[] COLORS = { new Color(0x0072B2), new Color(0xE69F00), new Color(0x009E73) };

	private static final Color GRID = new Color(0xDDDDDD);

	private final DefaultCategoryDataset data = new DefaultCategoryDataset();

	private final String title;

	private final String unit;

	private final boolean isLogarithmic;

	private double lowest = 1;

	private double highest = 1;

	BarChart(String title, String unit, boolean isLogarithmic) {
		this.title = title;
		this.unit = unit;
		this.isLogarithmic = isLogarithmic;
	}

	void add(String series, String label, double value) {
		this.data.addValue(value, series, label);
		if (value > 0) {
			this.lowest = Math.min(this.lowest, value);
			this.highest = Math.max(this.highest, value);
		}
	}

	String toSvg() {
		JFreeChart chart = ChartFactory.createBarChart(this.title, null, this.unit, this.data,
				PlotOrientation.HORIZONTAL, this.data.getRowCount() > 1, false, false);
		chart.setBackgroundPaint(Color.WHITE);
		chart.getTitle().setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
		CategoryPlot plot = chart.getCategoryPlot();
		plot.setBackgroundPaint(Color.WHITE);
		plot.setOutlineVisible(false);
		plot.setRangeGridlinePaint(GRID);
		// long labels are cut otherwise
		plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(1);
		NumberAxis axis = (NumberAxis) plot.getRangeAxis();
		axis.setUpperMargin(0.1);
		if (this.isLogarithmic) {
			LogAxis logarithmic = new LogAxis(this.unit);
			logarithmic.setTickUnit(new NumberTickUnit(1));
			logarithmic.setNumberFormatOverride(new DecimalFormat("#,##0.###"));
			logarithmic.setMinorTickMarksVisible(false);
			logarithmic.setRange(this.lowest / 2, this.highest * 2);
			plot.setRangeAxis(logarithmic);
		}
		BarRenderer renderer = (BarRenderer) plot.getRenderer();
		renderer.setBarPainter(new StandardBarPainter());
		renderer.setShadowVisible(false);
		renderer.setItemMargin(0);
		for (int series = 0; series < this.data.getRowCount(); series++) {
			renderer.setSeriesPaint(series, COLORS[series % COLORS.length]);
		}
		renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator());
		renderer.setDefaultItemLabelsVisible(true);
		int height = MARGINS + BAR * this.data.getColumnCount() * (this.data.getRowCount() + 1);
		SVGGraphics2D svg = new SVGGraphics2D(WIDTH, height);
		// the same file for the same figures
		svg.setDefsKeyPrefix("chart");
		chart.draw(svg, new Rectangle2D.Double(0, 0, WIDTH, height));
		return svg.getSVGElement() + "\n";
	}

}
