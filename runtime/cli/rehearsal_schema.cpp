#include "runtime/cli/rehearsal.h"

namespace sop::runtime::cli {

std::string rehearsal_schema() {
    return R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "What `sop rehearse --format json` prints",
  "type": "object",
  "additionalProperties": false,
  "required": ["format_version", "from", "to", "timezone", "zone_data", "groups", "members", "filter", "events", "messages",
               "rules", "timeline", "load", "troubles"],
  "properties": {
    "format_version": {"const": 1},
    "from": {"$ref": "#/$defs/instant"},
    "to": {"$ref": "#/$defs/instant", "description": "Exclusive."},
    "timezone": {"type": "string", "description": "Of the first rule."},
    "zone_data": {"type": "string"},
    "groups": {"$ref": "#/$defs/count"},
    "members": {"$ref": "#/$defs/count"},
    "filter": {
      "description": "What the report was narrowed to; `load` is of everybody all the same.",
      "type": "object",
      "additionalProperties": false,
      "required": ["group", "member", "rule"],
      "properties": {
        "group": {"type": ["string", "null"]},
        "member": {"type": ["string", "null"]},
        "rule": {"type": ["string", "null"]}
      }
    },
    "events": {
      "type": "object",
      "additionalProperties": false,
      "required": ["taken", "repeated", "left_out", "began_no_rule"],
      "properties": {
        "taken": {"$ref": "#/$defs/count"},
        "repeated": {"$ref": "#/$defs/count"},
        "left_out": {"$ref": "#/$defs/counts", "description": "By type; no playbook declares them."},
        "began_no_rule": {"$ref": "#/$defs/counts", "description": "By type; they may have answered a wait, been counted or changed the directory all the same."}
      }
    },
    "messages": {"$ref": "#/$defs/count"},
    "rules": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["rule", "title", "firings", "messages", "outcomes"],
        "properties": {
          "rule": {"type": "string"},
          "title": {"type": "string"},
          "firings": {"$ref": "#/$defs/count"},
          "messages": {"$ref": "#/$defs/count"},
          "outcomes": {"$ref": "#/$defs/counts"}
        }
      }
    },
    "timeline": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["local_time", "rule", "step", "count", "for", "subjects", "outcome", "text", "subjects_digest",
                     "texts_digest"],
        "properties": {
          "local_time": {"$ref": "#/$defs/local_time"},
          "rule": {"type": "string"},
          "step": {"type": "string"},
          "command": {"type": "string", "description": "Of what is no message."},
          "count": {"$ref": "#/$defs/count"},
          "for": {"enum": ["group", "member", "nobody"]},
          "subjects": {"$ref": "#/$defs/count"},
          "outcome": {"type": "string"},
          "text": {"type": "string", "description": "For the first of them."},
          "subjects_digest": {"$ref": "#/$defs/digest"},
          "texts_digest": {"$ref": "#/$defs/digest"}
        }
      }
    },
    "load": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["channel", "budget", "went_out", "given_up", "busiest_minute", "worst_promises"],
        "properties": {
          "channel": {"type": "string"},
          "budget": {"type": ["string", "null"]},
          "went_out": {"$ref": "#/$defs/count"},
          "given_up": {"$ref": "#/$defs/count"},
          "busiest_minute": {
            "type": ["object", "null"],
            "additionalProperties": false,
            "required": ["at", "messages"],
            "properties": {"at": {"$ref": "#/$defs/instant"}, "messages": {"$ref": "#/$defs/count"}}
          },
          "worst_promises": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": ["at", "messages", "last_out", "minutes_late", "given_up", "still_waiting"],
              "properties": {
                "at": {"$ref": "#/$defs/instant"},
                "messages": {"$ref": "#/$defs/count"},
                "last_out": {"anyOf": [{"$ref": "#/$defs/instant"}, {"type": "null"}]},
                "minutes_late": {"type": "integer"},
                "given_up": {"$ref": "#/$defs/count"},
                "still_waiting": {"$ref": "#/$defs/count"}
              }
            }
          }
        }
      }
    },
    "troubles": {"type": "array", "items": {"type": "string"}},
    "comparison": {
      "description": "With --compare.",
      "type": "object",
      "additionalProperties": false,
      "required": ["with", "same", "changes"],
      "properties": {
        "with": {"type": "string"},
        "same": {"$ref": "#/$defs/count"},
        "changes": {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["change", "rule", "step", "before", "after", "differs"],
            "properties": {
              "change": {"enum": ["added", "removed", "moved", "outcome", "changed"]},
              "rule": {"type": "string"},
              "step": {"type": "string"},
              "command": {"type": "string"},
              "before": {"$ref": "#/$defs/side"},
              "after": {"$ref": "#/$defs/side"},
              "differs": {"type": "array", "items": {"enum": ["count", "audience", "text"]}}
            }
          }
        }
      }
    }
  },
  "$defs": {
    "instant": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"},
    "local_time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"},
    "digest": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "count": {"type": "integer", "minimum": 0},
    "counts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/count"}},
    "side": {
      "type": ["object", "null"],
      "additionalProperties": false,
      "required": ["local_time", "outcome", "to", "count", "text"],
      "properties": {
        "local_time": {"$ref": "#/$defs/local_time"},
        "outcome": {"type": "string"},
        "to": {"type": "string"},
        "count": {"$ref": "#/$defs/count"},
        "text": {"type": "string"}
      }
    }
  }
}
)json";
}

}  // namespace sop::runtime::cli
