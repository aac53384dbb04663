#include "cli/pictures/page.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "cli/number_text.hpp"
#include "cli/output_file.hpp"
#include "cli/pictures/document_figures.hpp"
#include "cli/pictures/html_text.hpp"
#include "cli/pictures/ranking_tables.hpp"

extern "C" {
extern const char tessera_page_vega_begin[];
extern const char tessera_page_vega_end[];
extern const char tessera_page_script_begin[];
extern const char tessera_page_script_end[];
extern const char tessera_page_style_begin[];
extern const char tessera_page_style_end[];
}

namespace tessera {

namespace {

std::string_view asset(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// A number with all its digits in data-value, and few for the eye, times `factor`.
std::string cell(const Json& value, double factor) {
  if (!value.is_number()) {
    return "<td>" + html_text(value.is_string() ? value.get<std::string>() : value.dump()) +
           "</td>";
  }
  return R"(<td class="number" data-value=")" + value.dump() + R"(">)" +
         html_text(value.is_number_integer() && factor == 1
                       ? grouped_text(value.get<std::int64_t>())
                       : four_digits_text(value.get<double>() * factor)) +
         "</td>";
}

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<Json>>& rows) {
  std::string html = "<table><thead><tr>";
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const bool number = !rows.empty() && rows.front()[c].is_number();
    html += std::string(R"(<th scope="col")") + (number ? R"( class="number">)" : ">") +
            html_text(columns[c].title) + "</th>";
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      html += cell(row[c], columns[c].factor);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string section(const Figure& figure) {
  return R"(<section id=")" + figure.name + R"("><h2>)" + html_text(figure.title) +
         R"(</h2><figure data-figure=")" + figure.name +
         R"("><div class="chart" role="img" aria-label=")" + html_text(figure.title) +
         R"("></div><figcaption>)" + html_text(figure.about) +
         R"(</figcaption></figure><details><summary>The numbers</summary>)" +
         R"(<div class="scroll" tabindex="0">)" + table(figure.columns, figure.rows) +
         "</div></details></section>\n" + R"(<script type="application/json" id="spec-)" +
         figure.name + R"(">)" + script_text(figure.spec) + "</script>\n";
}

/// A section of the page that is no picture.
struct Section {
  const char* name;
  const char* title;
  const char* about;
  std::string html;  ///< empty: there is none
};

std::string section(const Section& section) {
  return section.html.empty() ? ""
                              : R"(<section id=")" + std::string(section.name) + R"("><h2>)" +
                                    section.title + R"(</h2><p class="about">)" + section.about +
                                    "</p>\n" + section.html + "</section>\n";
}

/// The counts of an explanation with the numbers that they are made of; empty for other documents.
std::string formulas(const Json& document) {
  std::string rows;
  for (const Json& formula : document.value("formulas", Json::array())) {
    const std::string name = formula["level"].get<std::string>() + ", " +
                             formula["tensor"].get<std::string>() + ": " +
                             formula["event"].get<std::string>();
    rows += "<tr><td>" + html_text(name) + "</td>" + cell(formula["count"], 1) + "<td>" +
            html_text("= " + formula["formula"].get<std::string>()) + "</td></tr>\n";
  }
  return rows.empty() ? ""
                      : R"(<div class="scroll" tabindex="0"><table>)" + rows + "</table></div>\n";
}

/// The mapping of an explanation, or of every layer of a report; empty for other documents.
std::string nests(const Json& document) {
  if (document.contains("formulas")) {
    return document["feasible"] == true ? nest_html(document) : "";
  }
  std::string html;
  for (const Json& layer : document.value("layers", Json::array())) {
    if (layer.contains("mapping") && layer["mapping"].is_object() && layer["feasible"] == true) {
      html += "<details><summary>" + html_text(layer["name"].get<std::string>()) + ": " +
              html_text(energy_text(layer["energy_pj"].get<double>())) + ", " +
              html_text(cycles_text(layer["cycles"].get<double>())) + " cycles</summary>\n" +
              nest_html(layer) + "</details>\n";
    }
  }
  return html;
}

/// What --perturb says of the pairs of a comparison; empty for other documents.
std::string rankings(const Json& document) {
  std::string html;
  for (const RankingTable& ranking : ranking_tables(document)) {
    html += "<p>" + html_text(ranking.text) + "</p>\n";
    if (!ranking.rows.empty()) {
      html += R"(<div class="scroll" tabindex="0">)" + table(ranking.columns, ranking.rows) +
              "</div>\n";
    }
  }
  return html;
}

/// Why the layer of an explanation has no mapping, and what would help; empty for all else.
std::string why_not(const Json& document) {
  if (!document.contains("why_not") || !document["why_not"].is_string()) {
    return "";
  }
  return "<p>" + html_text(document["why_not"].get<std::string>()) + "</p>\n";
}

/// The command, as it was typed, quoted where a shell would need it.
std::string command_line(const Json& document) {
  std::string line = "tessera";
  for (const Json& argument : document.value("command", Json::array())) {
    const auto text = argument.get<std::string>();
    const bool plain = text.find_first_of(" *?'\"$&|<>;()[]{}") == std::string::npos;
    line += plain ? " " + text : " '" + text + "'";
  }
  return line;
}

}  // namespace

std::string picture_page(const Json& document) {
  const std::vector<Figure> figures = document_figures(document);
  const std::string title = document_title(document);
  std::string contents;
  std::string body;
  for (const Figure& figure : figures) {
    contents += R"(<li><a href="#)" + figure.name + R"(">)" + html_text(figure.title) + "</a></li>";
    body += section(figure);
  }
  const std::array<Section, 3> sections = {
      {{"robustness", "Robustness of the ranking",
        "Which error of one energy would put the other design ahead; mappings are searched again "
        "for every error.",
        rankings(document)},
       {"counts", "Counts", "In words, each with the numbers that it is made of.",
        formulas(document)},
       {"mappings", "Mapping",
        "The loop nest, outermost first, and beside every store node its tile and the words that "
        "it is charged for, of all instances.",
        nests(document)}}};
  for (const Section& one : sections) {
    contents += one.html.empty() ? ""
                                 : R"(<li><a href="#)" + std::string(one.name) + R"(">)" +
                                       one.title + "</a></li>";
    body += section(one);
  }
  std::ostringstream page;
  page << "<!DOCTYPE html>\n"
       << R"(<html lang="en"><head><meta charset="utf-8">)"
       << R"(<meta name="viewport" content="width=device-width, initial-scale=1"><title>)"
       << html_text(title) << R"( - Tessera</title><link rel="icon" href="data:,"><style>)"
       << asset(tessera_page_style_begin, tessera_page_style_end) << "</style></head><body>\n<h1>"
       << html_text(title) << R"(</h1><p class="about">Tessera )"
       << html_text(document["version"].get<std::string>()) << ": <code>"
       << html_text(command_line(document)) << R"(</code></p><nav aria-label="Figures"><ul>)"
       << contents << "</ul></nav>\n<main>\n"
       << (figures.empty() ? "<p>Nothing in it has a cost: there is nothing to draw.</p>\n" : "")
       << why_not(document) << body << "</main>\n";
  if (!figures.empty()) {
    page << "<script>const tesseraModules = {};\n"
         << asset(tessera_page_vega_begin, tessera_page_vega_end) << "</script>\n<script>\n"
         << asset(tessera_page_script_begin, tessera_page_script_end) << "</script>\n";
  }
  page << "</body></html>\n";
  return page.str();
}

void write_vega(const Json& document, const std::string& folder) {
  std::ostringstream nowhere;
  for (const Figure& figure : document_figures(document)) {
    OutputFile file((std::filesystem::path(folder) / (figure.name + ".vg.json")).string(), nowhere);
    file.finish(figure.spec.dump(2) + "\n");
  }
}

}  // namespace tessera
