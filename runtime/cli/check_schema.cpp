#include "runtime/cli/finding_report.h"

namespace sop::runtime::cli {

std::string check_schema() {
    return R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "What `sop check --format json` prints",
  "oneOf": [{"$ref": "#/$defs/report"}, {"$ref": "#/$defs/failure"}],
  "$defs": {
    "count": {"type": "integer", "minimum": 0},
    "report": {
      "type": "object",
      "additionalProperties": false,
      "required": ["format_version", "from", "summary", "diagnostics", "allowed"],
      "properties": {
        "format_version": {"const": 1},
        "from": {"type": "string", "format": "date", "description": "Coming dates are looked at from this one on."},
        "horizon_days": {"$ref": "#/$defs/count", "description": "There when --horizon was given."},
        "fixed": {
          "description": "With --fix, the files that were mended.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["file", "fixes"],
            "properties": {"file": {"type": "string"}, "fixes": {"type": "integer", "minimum": 1}}
          }
        },
        "summary": {
          "type": "object",
          "additionalProperties": false,
          "required": ["files", "errors", "warnings", "notes", "allowed", "in_baseline"],
          "properties": {
            "files": {"$ref": "#/$defs/count"},
            "errors": {"$ref": "#/$defs/count"},
            "warnings": {"$ref": "#/$defs/count"},
            "notes": {"$ref": "#/$defs/count"},
            "allowed": {"$ref": "#/$defs/count", "description": "By comments `# sop: allow(CODE) why`."},
            "in_baseline": {"$ref": "#/$defs/count", "description": "Not among the diagnostics."}
          }
        },
        "diagnostics": {"type": "array", "items": {"$ref": "#/$defs/diagnostic"}},
        "allowed": {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["reason", "finding"],
            "properties": {"reason": {"type": "string"}, "finding": {"$ref": "#/$defs/diagnostic"}}
          }
        }
      }
    },
    "failure": {
      "description": "The command could not do its work.",
      "type": "object",
      "additionalProperties": false,
      "required": ["format_version", "error"],
      "properties": {
        "format_version": {"const": 1},
        "error": {
          "type": "object",
          "additionalProperties": false,
          "required": ["message", "exit_code"],
          "properties": {"message": {"type": "string"}, "exit_code": {"enum": [2, 3]}}
        }
      }
    },
    "position": {
      "type": "object",
      "additionalProperties": false,
      "required": ["offset", "line", "column"],
      "properties": {
        "offset": {"$ref": "#/$defs/count", "description": "In bytes."},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1, "description": "In code points."}
      }
    },
    "place": {
      "type": "object",
      "additionalProperties": false,
      "required": ["begin", "end"],
      "properties": {"begin": {"$ref": "#/$defs/position"}, "end": {"$ref": "#/$defs/position"}}
    },
    "argument": {
      "description": "A text, or a pattern with arguments of its own.",
      "oneOf": [{"type": "string"}, {"$ref": "#/$defs/message"}]
    },
    "message": {
      "type": "object",
      "additionalProperties": false,
      "required": ["pattern", "arguments"],
      "properties": {
        "pattern": {"type": "string"},
        "arguments": {"type": "array", "items": {"$ref": "#/$defs/argument"}}
      }
    },
    "diagnostic": {
      "type": "object",
      "additionalProperties": false,
      "required": ["code", "severity", "message", "pattern", "arguments", "label", "file", "place", "related", "notes", "fix"],
      "properties": {
        "code": {"type": "string", "pattern": "^SOP[0-9]{4}$"},
        "severity": {"enum": ["error", "warning", "note"]},
        "message": {"type": "string", "description": "In the language of --lang."},
        "pattern": {"description": "The message in English, with {} for its arguments.", "type": ["string", "null"]},
        "arguments": {"type": "array", "items": {"$ref": "#/$defs/argument"}},
        "label": {"type": "string"},
        "file": {"type": "string"},
        "place": {"$ref": "#/$defs/place"},
        "related": {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["label", "file", "place"],
            "properties": {
              "label": {"type": "string"},
              "file": {"type": "string"},
              "place": {"$ref": "#/$defs/place"}
            }
          }
        },
        "notes": {"type": "array", "items": {"type": "string"}},
        "fix": {
          "oneOf": [
            {"type": "null"},
            {
              "type": "object",
              "additionalProperties": false,
              "required": ["title", "replacement", "place"],
              "properties": {
                "title": {"type": "string"},
                "replacement": {"type": "string"},
                "place": {"$ref": "#/$defs/place"}
              }
            }
          ]
        }
      }
    }
  }
}
)json";
}

}  // namespace sop::runtime::cli
