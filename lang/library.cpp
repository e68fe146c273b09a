#include "lang/library.h"

#include <stdexcept>

#include "lang/library_texts.h"
#include "lang/parse.h"

namespace sop::lang {

namespace {

LibraryFile read_file(const EmbeddedText& text) {
    LibraryFile file{Source(std::string(text.name), std::string(text.text)), nullptr, Calendars()};
    ParsedDocument parsed = parse(file.source);
    if (has_errors(parsed.diagnostics)) {
        throw std::logic_error("the standard library cannot be read: " +
                               render(parsed.diagnostics.front(), file.source));
    }
    for (const auto& item : parsed.document.items) {
        if (const auto* declaration = std::get_if<ast::CalendarDeclaration>(&item))
            file.calendars.emplace(declaration->name.text, make_calendar(*declaration));
    }
    file.parsed = std::make_shared<const ParsedDocument>(std::move(parsed));
    return file;
}

const std::map<std::string, LibraryFile, std::less<>>& library() {
    static const auto files = [] {
        std::map<std::string, LibraryFile, std::less<>> read;
        for (const EmbeddedText& text : library_texts)
            read.emplace(std::string(text.name), read_file(text));
        return read;
    }();
    return files;
}

}  // namespace

std::shared_ptr<const calendar::Calendar> make_calendar(
    const ast::CalendarDeclaration& declaration) {
    auto result = std::make_shared<calendar::Calendar>();
    result->name = declaration.name.text;
    result->title = ast::plain_text(declaration.title);
    for (const auto& item : declaration.items) {
        if (const auto* weekend = std::get_if<ast::CalendarDeclaration::Weekend>(&item)) {
            result->weekend = weekend->weekdays;
        } else if (const auto* years = std::get_if<ast::CalendarDeclaration::Years>(&item)) {
            result->years = {years->first, years->last};
        } else if (const auto* workdays = std::get_if<ast::CalendarDeclaration::Workdays>(&item)) {
            result->workdays = workdays->dates;
        } else if (const auto* timezone = std::get_if<ast::CalendarDeclaration::Timezone>(&item)) {
            result->timezone = timezone->zone.text;
        } else {
            const auto& named = std::get<ast::NamedDays>(item);
            result->named.push_back(
                {named.name.text, ast::plain_text(named.title), named.holiday, named.days});
        }
    }
    return result;
}

const LibraryFile* find_library_file(std::string_view name) {
    const auto found = library().find(name);
    return found == library().end() ? nullptr : &found->second;
}

std::vector<std::string> library_names() {
    std::vector<std::string> names;
    for (const auto& [name, file] : library()) names.push_back(name);
    return names;
}

const Calendars& library_calendars() {
    static const Calendars calendars = [] {
        Calendars all;
        for (const auto& [name, file] : library())
            all.insert(file.calendars.begin(), file.calendars.end());
        return all;
    }();
    return calendars;
}

}  // namespace sop::lang
