// Functions for the alternatives of a variant, as one visitor.
#pragma once

namespace sop::lang {

template <typename... Alternatives>
struct Overload : Alternatives... {
    using Alternatives::operator()...;
};
template <typename... Alternatives>
Overload(Alternatives...) -> Overload<Alternatives...>;

}  // namespace sop::lang
