"""From the shape of a unit to one C++ file."""

from tests.mql5.translator.expressions import Expressions
from tests.mql5.translator.pointers import pointer_names
from tests.mql5.translator.shape import (
    Access,
    Compound,
    Enumeration,
    Function,
    Import,
    Parameter,
    Shape,
    Variable,
)
from tests.mql5.translator.tokens import Token
from tests.mql5.translator.writer import Writer

_HANDLERS = {
    "OnInit": ("on_init", "int", ""),
    "OnDeinit": ("on_deinit", "void", "int"),
    "OnTick": ("on_tick", "void", ""),
    "OnTimer": ("on_timer", "void", ""),
    "OnTrade": ("on_trade", "void", ""),
    "OnTradeTransaction": (
        "on_trade_transaction",
        "void",
        "const MqlTradeTransaction &,const MqlTradeRequest &,const MqlTradeResult &",
    ),
    "OnBookEvent": ("on_book", "void", "const String &"),
    "OnStart": ("on_start", "void", ""),
}


class Emitter:
    """Writes types in text order, then imports and prototypes, then everything with a body."""

    def __init__(self, shape: Shape, *, name: str) -> None:
        self._shape = shape
        self._name = name
        self._pointers = pointer_names(shape)
        self._expressions = Expressions(shape, self._pointers)
        self._simple: dict[str, bool] = {}
        self._out = Writer()

    def run(self) -> str:
        """Return the C++ file."""
        self._out.own('#include "ea.hpp"\n\nnamespace pw {\nnamespace ea {')
        for name in sorted(self._shape.structures | self._shape.classes):
            word = "struct" if name in self._shape.structures else "class"
            self._out.own(f"{word} {name};")
        for item in self._shape.items:
            if isinstance(item, Enumeration):
                self._enumeration(item)
            elif isinstance(item, Compound):
                self._compound(item)
        for item in self._shape.items:
            if isinstance(item, Import):
                self._import(item)
        self._prototypes()
        for item in self._shape.items:
            self._definition(item)
        self._out.own("}  // namespace ea")
        self._program()
        return self._out.text()

    # --- types

    def _enumeration(self, item: Enumeration) -> None:
        name = item.name
        self._out.tokens([name.saying(f"enum {name.text} : int", "name")])
        self._out.tokens(self._expressions.convert(item.body))
        self._out.tokens([item.body[-1].saying(";", "punct")])

    def _compound(self, item: Compound) -> None:
        packed = item.keyword == "struct" and self._is_simple(item)
        if item.keyword == "struct":
            self._simple[item.name.text] = packed
        if packed:
            self._out.own("#pragma pack(push,1)")
        self._out.tokens([item.place, item.name])
        base = list(item.base)
        if base:
            self._out.tokens([base[0].saying(":", "punct"), *base])
        elif item.keyword == "class":
            self._out.tokens([item.name.saying(": public pw::Object", "name")])
        self._out.tokens([item.name.saying("{", "punct")])
        for member in item.members:
            self._member(member)
        self._out.own("};")
        if packed:
            self._out.own("#pragma pack(pop)")

    def _is_simple(self, item: Compound) -> bool:
        fields = [member for member in item.members if isinstance(member, Variable)]
        bases = [token.text for token in item.base if token.kind == "name"]
        known = all(self._simple.get(name, name == "public") for name in bases)
        return known and all(self._is_simple_field(one) for one in fields)

    def _is_simple_field(self, variable: Variable) -> bool:
        if variable.pointer or any(not size for size in variable.dimensions):
            return False
        name = variable.type.text
        mql = name in {"MqlTick", "MqlRates", "MqlBookInfo", "MqlDateTime"}
        return self._shape.is_plain(name) or mql or self._simple.get(name, False)

    def _member(self, member: Variable | Function | Access) -> None:
        if isinstance(member, Access):
            self._out.tokens([member.place, member.place.saying(":", "punct")])
        elif isinstance(member, Variable):
            if member.value or member.given is not None:
                raise member.name.error("Members get their values in the constructor.")
            self._out.tokens(self._expressions.declared(member, member.name))
            self._out.tokens([member.name.saying(";", "punct")])
        else:
            words = [member.place.saying(word, "name") for word in member.words]
            self._out.tokens(words)
            self._out.tokens(self._head(member, owner=None, defaults=True))
            self._out.tokens([member.name.saying(";", "punct")])

    # --- functions

    def _head(self, function: Function, *, owner: str | None, defaults: bool) -> list[Token]:
        result: list[Token] = []
        for token in function.result:
            if token.text == "*":
                result[-1] = token.saying(f"pw::Ptr<{result[-1].text}>", "name")
            else:
                result.append(token.saying(self._expressions.type(token), "name"))
        mark = "~" if function.destructor else ""
        path = f"{owner}::{mark}" if owner else mark
        name = self._expressions.name(function.name)
        result.append(name.saying(f"{path}{name.text}"))
        result.append(name.saying("(", "punct"))
        for number, parameter in enumerate(function.parameters):
            if number:
                result.append(parameter.place.saying(",", "punct"))
            result += self._parameter(parameter, defaults=defaults)
        result.append(result[-1].saying(")", "punct"))
        if function.constant:
            result.append(result[-1].saying("const", "name"))
        return result

    def _parameter_type(self, parameter: Parameter) -> str:
        shown = self._expressions.type(parameter.type)
        constant = "const " if parameter.constant else ""
        if parameter.dimensions:
            if parameter.dimensions[0]:
                raise parameter.place.error("Leave the first dimension of an array open.")
            row = self._expressions.element(parameter.type, parameter.dimensions[1:])
            return f"pw::View<{constant}{row}>"
        if parameter.pointer:
            return f"pw::Ptr<{shown}>"
        if parameter.reference:
            return f"pw::LRef<{shown}>" if parameter.constant else f"{shown} &"
        return constant + shown

    def _parameter(self, parameter: Parameter, *, defaults: bool) -> list[Token]:
        result = [parameter.place.saying(self._parameter_type(parameter), "name")]
        if parameter.name is not None:
            name = self._expressions.name(parameter.name)
            mark = "pw_" if self._is_wrapped(parameter) else ""
            result.append(name.saying(f"{mark}{name.text}"))
        if parameter.default and defaults:
            result.append(result[-1].saying("=", "punct"))
            result += self._expressions.convert(parameter.default)
        return result

    @staticmethod
    def _is_wrapped(parameter: Parameter) -> bool:
        return parameter.reference and parameter.constant and not parameter.dimensions

    def _prototypes(self) -> None:
        chosen: dict[str, Function] = {}
        for item in self._shape.items:
            if isinstance(item, Function) and item.owner is None:
                types = ",".join(self._parameter_type(one) for one in item.parameters)
                key = f"{item.name.text}({types})"
                better = any(one.default for one in item.parameters)
                if key not in chosen or better:
                    chosen[key] = item
        for function in chosen.values():
            self._out.tokens(self._head(function, owner=None, defaults=True))
            self._out.tokens([function.name.saying(";", "punct")])

    def _definition(self, item: object) -> None:
        if isinstance(item, Compound):
            for member in item.members:
                if isinstance(member, Function) and member.body is not None:
                    self._function(member)
        elif isinstance(item, Function) and item.body is not None:
            self._function(item)
        elif isinstance(item, Variable):
            self._global(item)

    def _function(self, function: Function) -> None:
        body = function.body or ()
        within = function.name.text
        if function.owner:
            within = f"{function.owner}::{'~' if function.destructor else ''}{within}"
        self._out.tokens(self._head(function, owner=function.owner, defaults=False))
        if function.initializers:
            inside = self._expressions.convert(self._unwrapped(function), within=within)
            self._out.tokens([inside[0].saying(":", "punct"), *inside])
        self._out.tokens([body[0]])
        for parameter in function.parameters:
            if self._is_wrapped(parameter) and parameter.name is not None:
                name = self._expressions.name(parameter.name).text
                kind = self._expressions.type(parameter.type)
                line = f"[[maybe_unused]] const {kind} &{name}=pw_{name}.get();"
                self._out.tokens([body[0].saying(line, "name")])
        self._out.tokens(self._expressions.body(body[1:], within=within))

    def _unwrapped(self, function: Function) -> list[Token]:
        """Return the initializers, where wrapped parameters have no name of their own yet."""
        names = {
            one.name.text
            for one in function.parameters
            if one.name is not None and self._is_wrapped(one)
        }
        return [
            token.saying(f"pw_{token.text}.get()") if token.text in names else token
            for token in function.initializers
        ]

    def _global(self, variable: Variable) -> None:
        name = variable.name
        if not {"input", "sinput"} & set(variable.words):
            self._out.tokens(self._expressions.declared(variable, name))
            self._out.tokens([name.saying(";", "punct")])
            return
        kind = self._expressions.variable_type(variable)
        value = self._expressions.convert(variable.value)
        if not value or variable.dimensions:
            raise name.error("An input needs a default value and is no array.")
        shown = f'pw::Input<{kind}> pw_input_{name.text}("{name.text}","{variable.type.text}",'
        self._out.tokens([name.saying(shown, "name"), *value])
        line = f"); const {kind} &{name.text}=pw_input_{name.text}.value;"
        self._out.tokens([name.saying(line, "name")])

    def _import(self, item: Import) -> None:
        space = item.library.rsplit(".", 1)[0]
        self._out.own(f"namespace {space} {{")
        for function in item.functions:
            self._imported(function, item.library)
        self._out.own(f"}}  // namespace {space}\nusing namespace {space};")

    def _imported(self, function: Function, library: str) -> None:
        name = function.name.text
        slot = f"pw_import_{name}"
        types = ",".join(self._foreign_type(one) for one in function.parameters)
        values = ",".join(self._foreign_value(one) for one in function.parameters)
        result = " ".join(self._expressions.type(token) for token in function.result)
        if "pw::String" in result or "*" in result:
            raise function.name.error("Declare a result that is an address as long.")
        place = function.name
        line = f'pw::Import {slot}("{library}","{name}"); inline'
        self._out.tokens([place.saying(line, "name")])
        self._out.tokens(self._head(function, owner=None, defaults=True))
        call = f"reinterpret_cast<{result} (*)({types})>({slot}.pointer)({values})"
        self._out.tokens([place.saying(f"{{ return {call}; }}", "name")])

    def _foreign_type(self, parameter: Parameter) -> str:
        kind = self._expressions.type(parameter.type)
        constant = "const " if parameter.constant else ""
        if parameter.dimensions or parameter.reference:
            self._refuse_text(parameter)
            return f"{constant}{kind} *"
        return "char16_t *" if kind == "pw::String" else kind

    def _refuse_text(self, parameter: Parameter) -> None:
        compound = self._shape.is_compound(parameter.type.text)
        simple = self._simple.get(parameter.type.text, False)
        if parameter.type.text == "string" or (compound and not simple):
            raise parameter.place.error("A DLL takes numbers, arrays of them and simple structs.")

    def _foreign_value(self, parameter: Parameter) -> str:
        if parameter.name is None:
            raise parameter.place.error("Name the parameters of an import.")
        name = self._expressions.name(parameter.name).text
        if parameter.dimensions:
            return f"pw::address({name})"
        if self._is_wrapped(parameter):
            return f"&pw_{name}.get()"
        if parameter.reference:
            return f"&{name}"
        return f"pw::Wide({name}).buffer()" if parameter.type.text == "string" else name

    # --- the table of event functions

    def _program(self) -> None:
        defined = {
            item.name.text: item
            for item in self._shape.items
            if isinstance(item, Function) and item.owner is None and item.body is not None
        }
        if not {"OnInit", "OnStart"} & set(defined):
            last = self._shape.items[-1] if self._shape.items else None
            place = getattr(last, "name", None)
            message = "A program needs OnInit or OnStart."
            raise place.error(message) if place else ValueError(message)
        rows = []
        for name, (slot, result, types) in _HANDLERS.items():
            if name in defined:
                self._out.own(_trampoline(defined[name], slot, result, types))
            rows.append(f"&pw_{slot}" if name in defined else "nullptr")
        table = ",".join(rows)
        self._out.own(
            f"}}  // namespace pw\n\nconst pw::Program &pw_program() {{\n"
            f"    using namespace pw;\n"
            f'    static const Program program{{{table},"{self._name}"}};\n'
            f"    return program;\n}}"
        )


def _trampoline(function: Function, slot: str, result: str, types: str) -> str:
    parts = types.split(",") if types else []
    if len(function.parameters) != len(parts):
        raise function.name.error(f"{function.name.text} takes {len(parts)} parameters.")
    taken = ",".join(f"{kind} value_{number}" for number, kind in enumerate(parts))
    given = ",".join(f"value_{number}" for number in range(len(parts)))
    call = f"ea::{function.name.text}({given});"
    returns_void = [token.text for token in function.result] == ["void"]
    if result == "int":
        call = f"{call} return 0;" if returns_void else f"return {call}"
    return f"static {result} pw_{slot}({taken}) {{ {call} }}"
