#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "runtime/store/sqlite/columns.h"
#include "runtime/store/sqlite/message_form.h"
#include "runtime/store/sqlite/rows.h"
#include "runtime/store/sqlite/schema.h"
#include "runtime/store/sqlite/sql.h"
#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_figures.h"

namespace sop::runtime {

namespace {

using namespace sqlite;

constexpr const char* stopped_while_sending = "stopped while it was being sent";

// Whoever asked has given up long before.
constexpr std::chrono::hours answers_kept_for{1};

// ---- the store ----------------------------------------------------------------------------------

// `is_open` is the store's, which has to know.
class SqliteTransaction : public Transaction {
  public:
    SqliteTransaction(SqliteConnection& connection, bool& is_open)
        : connection_(connection), is_open_(is_open) {
        connection_.query(sql::begin_transaction).next();
        is_open_ = true;
    }

    ~SqliteTransaction() override {
        if (!is_open_) {
            return;
        }
        is_open_ = false;
        // After a full disk and the like SQLite has rolled back by itself.
        if (connection_.in_transaction()) {
            roll_back();
        }
    }

    void commit() override {
        connection_.query(sql::commit_transaction).next();
        is_open_ = false;
    }

  private:
    void roll_back() noexcept {
        try {
            connection_.query(sql::roll_back_transaction).next();
        } catch (const StoreError&) {
            // Nothing of it was durable, and closing the file drops it.
        }
    }

    SqliteConnection& connection_;
    bool& is_open_;
};

class SqliteStore : public Store {
  public:
    SqliteStore(const std::string& path, const SqliteOptions& options)
        : connection_(path, access_for(options.open), options.busy_timeout, options.vfs) {
        prepare_schema(connection_, options.open);
        if (!options.durable) connection_.run_script(sql::be_volatile);
    }

    std::unique_ptr<Transaction> begin() override {
        last_message_.reset();
        numbers_.clear();
        return std::make_unique<SqliteTransaction>(connection_, transaction_is_open_);
    }

    Figures& figures() override { return figures_; }

    void release_memory() override {
        last_message_.reset();
        connection_.release_memory();
    }

    // ---- plans and rules

    PlanVersion add_plan(Instant deployed_at, const std::string& hash,
                         const std::string& json) override {
        query(sql::insert_plan, to_column(deployed_at), hash, json).next();
        return connection_.last_inserted_id();
    }

    std::optional<StoredPlan> latest_plan() override {
        return first(query(sql::select_latest_plan), read_plan);
    }

    std::optional<StoredPlan> find_plan(PlanVersion version) override {
        return first(query(sql::select_plan, version), read_plan);
    }

    void set_rollback(PlanVersion version, const Rollback& rollback) override {
        change_row("plan", version,
                   query(sql::update_rollback, version, rollback.to,
                         to_column(nlohmann::json(rollback.held_back))));
    }

    std::vector<PlanSummary> list_plans() override {
        return all(query(sql::select_plans), read_plan_summary);
    }

    StoredRule find_or_add_rule(const std::string& playbook, const std::string& name,
                                Instant fired_through) override {
        const auto find = [&] { return first(query(sql::select_rule, playbook, name), read_rule); };
        if (const auto known = find()) {
            return *known;
        }
        query(sql::insert_rule, playbook, name, to_column(fired_through)).next();
        return find().value();
    }

    void set_fired_through(RuleId rule, Instant fired_through) override {
        change_row("rule", rule, query(sql::update_fired_through, rule, to_column(fired_through)));
    }

    std::optional<Instant> zone_fired_through(RuleId rule, const std::string& zone) override {
        return first(query(sql::select_zone_fired_through, rule, zone), read_instant);
    }

    void set_zone_fired_through(RuleId rule, const std::string& zone,
                                Instant fired_through) override {
        query(sql::upsert_zone_fired_through, rule, zone, to_column(fired_through)).next();
    }

    std::vector<StoredRule> list_rules() override {
        return all(query(sql::select_rules), read_rule);
    }

    // ---- requests for versions

    VersionRequestId add_version_request(const VersionRequest& request) override {
        VersionRequestId id = 0;
        atomically([&] {
            query(sql::delete_old_version_requests, to_column(request.asked_at - answers_kept_for))
                .next();
            query(sql::insert_version_request, to_text(request.kind), to_column(request.asked_at),
                  request.plan, request.version, to_column(nlohmann::json(request.mapping)),
                  std::int64_t{request.dry_run})
                .next();
            id = connection_.last_inserted_id();
        });
        return id;
    }

    std::vector<VersionRequest> version_requests() override {
        return all(query(sql::select_version_requests), read_version_request);
    }

    void answer_version_request(VersionRequestId id, Instant answered_at,
                                const VersionAnswer& answer) override {
        query(sql::update_to_answered, id, to_column(answered_at), to_text(answer.outcome),
              answer.in_force, answer.moved, answer.text)
            .next();
    }

    std::optional<VersionAnswer> find_version_answer(VersionRequestId id) override {
        return first(query(sql::select_version_answer, id), read_version_answer);
    }

    void remove_version_request(VersionRequestId id) override {
        query(sql::delete_version_request, id).next();
    }

    // ---- firings and runs

    std::optional<FiringId> add_firing(const Firing& firing) override {
        return insert(query(sql::insert_firing, firing.rule, firing.key, firing.plan,
                            to_text(firing.subject_kind), to_column(firing.start_at),
                            to_column(firing.end_at), firing.event, std::int64_t{firing.expanded},
                            firing.expanded_through));
    }

    std::optional<Firing> find_firing(FiringId id) override {
        return first(query(sql::select_firing, id), read_firing);
    }

    std::vector<Firing> firings_to_expand(std::size_t limit) override {
        return all(query(sql::select_firings_to_expand, to_column(limit)), read_firing);
    }

    void set_expanded(FiringId id, const std::string& through, bool finished) override {
        change_row("firing", id, query(sql::update_expanded, id, through, std::int64_t{finished}));
    }

    void set_window(FiringId id, Instant start_at, Instant end_at) override {
        change_row("firing", id,
                   query(sql::update_window, id, to_column(start_at), to_column(end_at)));
    }

    std::optional<RunId> add_run(const Run& run) override {
        return insert(query(sql::insert_run, run.firing, run.rule, run.subject, to_text(run.state),
                            to_column(run.next_step), to_column(run.next_action),
                            to_column(run.waits_since), to_column(run.due_at), run.reason));
    }

    void update_run(const Run& run) override {
        change_row("run", run.id,
                   query(sql::update_run, run.id, to_text(run.state), to_column(run.next_step),
                         to_column(run.next_action), to_column(run.waits_since),
                         to_column(run.due_at), run.reason));
    }

    std::optional<Run> find_run(RunId id) override {
        return first(query(sql::select_run, id), read_run);
    }

    std::vector<Run> due_runs(Instant now, std::size_t limit) override {
        return all(query(sql::select_due_runs, to_column(now), to_column(limit)), read_run);
    }

    std::optional<Instant> next_run_due() override {
        return first(query(sql::select_next_run_due), read_instant);
    }

    std::vector<Run> ended_waits(Instant now, std::size_t limit) override {
        return all(query(sql::select_ended_waits, to_column(now), to_column(limit)), read_run);
    }

    std::optional<Instant> next_wait_end() override {
        return first(query(sql::select_next_wait_end), read_instant);
    }

    std::vector<std::pair<Run, Instant>> waits_after_outcome(Instant due_at) override {
        return all(query(sql::select_waits_after_outcome, to_column(due_at)), read_run_and_instant);
    }

    std::vector<Run> open_runs_of(const std::string& subject) override {
        return all(query(sql::select_open_runs_of_subject, subject), read_run);
    }

    std::vector<Run> unfinished_runs_of(SubjectKind kind, const std::string& subject) override {
        auto runs =
            all(query(sql::select_unfinished_runs_of_subject, subject, to_text(kind)), read_run);
        if (kind != SubjectKind::group) return runs;
        auto of_members = all(query(sql::select_unfinished_runs_of_members, subject), read_run);
        std::move(of_members.begin(), of_members.end(), std::back_inserter(runs));
        return runs;
    }

    bool has_open_run(RuleId rule, const std::string& subject) override {
        return holds(query(sql::exists_open_run, rule, subject));
    }

    std::vector<Run> open_runs(RuleId rule, const Run& after, std::size_t limit) override {
        return all(query(sql::select_open_runs, rule, after.subject, after.id, to_column(limit)),
                   read_run);
    }

    std::vector<Run> unfinished_runs(RuleId rule, const Run& after, std::size_t limit) override {
        return all(
            query(sql::select_unfinished_runs, rule, after.subject, after.id, to_column(limit)),
            read_run);
    }

    std::vector<Run> queued_runs(RuleId rule, const std::string& subject,
                                 std::size_t limit) override {
        return all(query(sql::select_queued_runs, rule, subject, to_column(limit)), read_run);
    }

    void hold_runs(RuleId rule) override { change_runs(rule, RunState::running, RunState::held); }

    void release_runs(RuleId rule) override {
        change_runs(rule, RunState::held, RunState::running);
        change_runs(rule, RunState::queued, RunState::arrived);
    }

    // ---- outbox

    MessageId intern_message(const MessageContent& content) override {
        if (transaction_is_open_ && last_message_ && last_message_->second == content)
            return last_message_->first;
        const std::string form = write_message_form(content.form);
        const std::string hash = message_hash(content.text, form);
        const SqliteBlob key{hash};
        const auto added = insert(query(sql::insert_message, key, content.text, form));
        const MessageId id =
            added ? *added : first(query(sql::select_message_id, key), read_integer).value();
        last_message_.emplace(id, content);
        return id;
    }

    DeliveryId add_delivery(const Delivery& delivery) override {
        const auto id = insert(query(
            sql::insert_delivery, delivery.run, to_column(delivery.step),
            to_column(delivery.action), delivery.channel, delivery.message,
            to_column(delivery.planned_for), to_column(delivery.due_at), to_text(delivery.state),
            delivery.reason, std::int64_t{delivery.attempts}, to_column(delivery.settled_at),
            to_column(delivery.moved_to), to_column(delivery.priority),
            delivery.target ? std::optional(to_text(delivery.target->kind)) : std::nullopt,
            delivery.target ? delivery.target->id : std::string(), delivery.variant));
        if (!id) {
            throw StoreError(fmt::format("{}: run {} has a delivery for step {}, action {} already",
                                         connection_.path(), delivery.run, delivery.step,
                                         delivery.action));
        }
        return *id;
    }

    bool has_delivery(const ActionOfRun& of, const std::string& target) override {
        return first(query(sql::select_has_delivery, of.run, to_column(of.step),
                           to_column(of.action), target),
                     read_integer)
            .has_value();
    }

    std::optional<DueDelivery> find_delivery(DeliveryId id) override {
        return first(query(sql::select_delivery, id), read_delivery_detail);
    }

    void put_command(DeliveryId id, const Command& command) override {
        query(sql::upsert_command, id, command.verb, to_column(nlohmann::json(command.fields)),
              to_column(nlohmann::json(command.members)))
            .next();
    }

    std::optional<Command> find_command(DeliveryId id) override {
        return first(query(sql::select_command, id), read_command);
    }

    std::vector<DueDelivery> due_deliveries(const std::string& channel, Instant now,
                                            std::size_t limit) override {
        return all(query(sql::select_due_deliveries, channel, to_column(now), to_column(limit)),
                   read_delivery_detail);
    }

    std::vector<DueDelivery> deliveries_due_between(const std::string& channel, Instant after,
                                                    Instant until, DeliveryId after_id,
                                                    std::size_t limit) override {
        return all(query(sql::select_deliveries_due_between, channel, to_column(after),
                         to_column(until), after_id, to_column(limit)),
                   read_delivery_detail);
    }

    std::optional<Instant> next_delivery_due(const std::string& channel) override {
        return first(query(sql::select_next_delivery_due, channel), read_instant);
    }

    void mark_attempting(DeliveryId id) override {
        change_row("pending delivery", id, query(sql::update_to_attempting, id));
    }

    void reschedule(DeliveryId id, Instant due_at, const std::string& reason) override {
        change_row("unsettled delivery", id,
                   query(sql::update_to_pending, id, to_column(due_at), reason));
    }

    void move(DeliveryId id, Instant wanted_at) override {
        change_row("pending delivery", id, query(sql::update_moved, id, to_column(wanted_at)));
    }

    void settle(DeliveryId id, DeliveryState state, const std::string& reason,
                Instant settled_at) override {
        assert(state != DeliveryState::pending && state != DeliveryState::attempting);
        change_row(
            "delivery that can still change", id,
            query(sql::update_to_settled, id, to_text(state), reason, to_column(settled_at)));
    }

    std::int64_t settle_attempting_as_unknown(Instant settled_at) override {
        query(sql::update_attempting_to_unknown, to_column(settled_at), stopped_while_sending)
            .next();
        return connection_.changed_rows();
    }

    void resend(DeliveryId id, Instant due_at, const std::string& reason) override {
        change_row("delivery under way", id,
                   query(sql::update_to_resend, id, to_column(due_at), reason));
    }

    std::int64_t resend_attempting(const std::string& channel, Instant due_at) override {
        query(sql::update_attempting_to_resend, channel, to_column(due_at), stopped_while_sending)
            .next();
        return connection_.changed_rows();
    }

    void ask_about(DeliveryId id, Instant due_at, const std::string& reason) override {
        change_row("delivery under way", id,
                   query(sql::update_to_asked_about, id, to_column(due_at), reason));
    }

    std::int64_t ask_about_attempting(const std::string& channel, Instant due_at) override {
        query(sql::update_attempting_to_asked_about, channel, to_column(due_at),
              stopped_while_sending)
            .next();
        return connection_.changed_rows();
    }

    std::vector<DueDelivery> asked_about(const std::string& channel, std::size_t limit) override {
        return all(query(sql::select_asked_about_of_channel, channel, to_column(limit)),
                   read_delivery_detail);
    }

    std::vector<DueDelivery> asked_about(std::size_t limit) override {
        return all(query(sql::select_asked_about, to_column(limit)), read_delivery_detail);
    }

    void ask_again(DeliveryId id, Instant due_at, const std::string& reason) override {
        change_row("delivery that is asked about", id,
                   query(sql::update_to_asked_again, id, to_column(due_at), reason));
    }

    void end_unless_taken(DeliveryId id, DeliveryState state, const std::string& reason) override {
        assert(state != DeliveryState::pending && state != DeliveryState::attempting);
        query(sql::update_unless_taken, id, to_text(state), reason).next();
    }

    void stop_asking(DeliveryId id, Instant due_at, const std::string& reason) override {
        change_row("delivery that is asked about", id,
                   query(sql::update_to_asked_no_more, id, to_column(due_at), reason));
    }

    void send_again(DeliveryId id, Instant at) override {
        change_row("unknown delivery", id, query(sql::update_to_pending_again, id, to_column(at)));
    }

    std::vector<DueDelivery> skipped_between(std::pair<Instant, DeliveryId> after, Instant to,
                                             std::size_t limit) override {
        return all(query(sql::select_skipped_between, to_column(after.first), to_column(to),
                         after.second, to_column(limit)),
                   read_delivery_detail);
    }

    void backfill(DeliveryId id, MessageId message, const std::string& variant,
                  Instant at) override {
        change_row("skipped delivery", id,
                   query(sql::update_to_backfilled, id, message, to_column(at), variant));
    }

    std::vector<DueDelivery> unsettled_of_run(RunId run) override {
        return all(query(sql::select_unsettled_of_run, run), read_delivery_detail);
    }

    std::vector<DueDelivery> unsettled_of(SubjectKind kind,
                                          const std::vector<std::string>& subjects) override {
        return all(query(sql::select_unsettled_of_subjects, to_text(kind),
                         to_column(nlohmann::json(subjects))),
                   read_delivery_detail);
    }

    std::vector<DueDelivery> pending_of_rule(RuleId rule, Instant due_at) override {
        return all(query(sql::select_pending_of_rule, rule, to_column(due_at)),
                   read_delivery_detail);
    }

    std::vector<DeliverySummary> summarize_deliveries() override {
        return all(query(sql::select_delivery_summary), read_summary);
    }

    std::int64_t count_deliveries() override {
        return first(query(sql::count_deliveries), read_integer).value();
    }

    std::vector<DueDelivery> list_deliveries(const DeliveryFilter& filter) override {
        const auto state = filter.state ? std::optional(to_text(*filter.state)) : std::nullopt;
        const auto kind =
            filter.subject_kind ? std::optional(to_text(*filter.subject_kind)) : std::nullopt;
        return all(query(sql::select_deliveries, filter.after, state, to_column(filter.limit), kind,
                         filter.subject, to_column(filter.from), to_column(filter.to)),
                   read_delivery_detail);
    }

    // ---- messages to many

    void add_mailing(const Mailing& mailing) override {
        query(sql::insert_mailing, mailing.run, to_column(mailing.step), to_column(mailing.action),
              to_column(mailing.planned_for), to_column(mailing.decided_at),
              std::int64_t{mailing.newer},
              mailing.withheld ? std::optional(to_text(*mailing.withheld)) : std::nullopt,
              mailing.reason, mailing.through)
            .next();
    }

    std::optional<Mailing> next_mailing() override {
        return first(query(sql::select_next_mailing), read_mailing);
    }

    void set_mailed_through(std::int64_t id, const std::string& through) override {
        query(sql::update_mailing, id, through).next();
    }

    void remove_mailing(std::int64_t id) override { query(sql::delete_mailing, id).next(); }

    // ---- contents that take their forms in turn

    std::int64_t turns_of(const std::string& content, const Target& target) override {
        return first(query(sql::select_turns, content, to_text(target.kind), target.id),
                     read_integer)
            .value_or(0);
    }

    void add_turn(const std::string& content, const Target& target) override {
        query(sql::upsert_turn, content, to_text(target.kind), target.id).next();
    }

    // ---- contacts

    void add_contact(const Contact& contact) override {
        query(sql::insert_contact, to_text(contact.subject_kind), contact.subject,
              to_column(contact.at), contact.delivery, contact.rule, to_column(contact.priority),
              std::int64_t{contact.made})
            .next();
    }

    void change_contact(const Contact& contact) override {
        query(sql::update_contact, to_text(contact.subject_kind), contact.subject, contact.delivery,
              to_column(contact.at), std::int64_t{contact.made})
            .next();
    }

    void remove_contact(const Contact& contact) override {
        query(sql::delete_contact, to_text(contact.subject_kind), contact.subject, contact.delivery)
            .next();
    }

    void forget_contacts_before(SubjectKind kind, const std::string& subject,
                                Instant before) override {
        query(sql::delete_contacts_before, to_text(kind), subject, to_column(before)).next();
    }

    std::int64_t count_contacts_made(SubjectKind kind, const std::string& subject, Instant from,
                                     Instant to) override {
        return first(query(sql::count_contacts_made, to_text(kind), subject, to_column(from),
                           to_column(to)),
                     read_integer)
            .value();
    }

    std::int64_t count_contacts_waiting(SubjectKind kind, const std::string& subject, Instant from,
                                        Instant to, lang::Priority priority) override {
        return first(query(sql::count_contacts_waiting, to_text(kind), subject, to_column(from),
                           to_column(to), to_column(priority)),
                     read_integer)
            .value();
    }

    std::optional<Instant> latest_contact(SubjectKind kind, const std::string& subject) override {
        return first(query(sql::select_latest_contact, to_text(kind), subject), read_instant);
    }

    std::optional<Instant> latest_contact_of(RuleId rule, SubjectKind kind,
                                             const std::string& subject) override {
        return first(query(sql::select_latest_contact_of_rule, to_text(kind), subject, rule),
                     read_instant);
    }

    bool has_contacts() override { return holds(query(sql::exists_contact)); }

    void rebuild_contacts(Instant since) override {
        atomically([&] {
            query(sql::delete_contacts).next();
            query(sql::insert_contacts_since, to_column(since)).next();
        });
    }

    // ---- channel uses

    void add_channel_use(const ChannelUse& use) override {
        query(sql::insert_channel_use, use.channel, to_column(use.at), use.delivery,
              to_text(use.subject_kind), use.subject)
            .next();
    }

    void set_not_taken(const ChannelUse& use) override {
        query(sql::update_to_not_taken, use.channel, to_column(use.at), use.delivery).next();
    }

    void set_none_taken(const ChannelUse& use) override {
        query(sql::update_all_to_not_taken, use.channel, to_text(use.subject_kind), use.subject,
              use.delivery)
            .next();
    }

    void forget_channel_uses_before(const std::string& channel, Instant before) override {
        query(sql::delete_channel_uses_before, channel, to_column(before)).next();
    }

    std::int64_t count_channel_uses(const std::string& channel, Instant after,
                                    Instant until) override {
        return first(query(sql::count_channel_uses, channel, to_column(after), to_column(until)),
                     read_integer)
            .value();
    }

    std::optional<Instant> latest_channel_use(const std::string& channel, Instant until,
                                              std::size_t skipped) override {
        return first(
            query(sql::select_latest_channel_use, channel, to_column(until), to_column(skipped)),
            read_instant);
    }

    std::int64_t count_taken(const std::string& channel, SubjectKind kind,
                             const std::string& subject, Instant after, Instant until,
                             DeliveryId except) override {
        return first(query(sql::count_channel_uses_taken, channel, to_text(kind), subject,
                           to_column(after), to_column(until), except),
                     read_integer)
            .value();
    }

    // ---- presence

    std::optional<Instant> present_until() override {
        return first(query(sql::select_present_until), read_instant);
    }

    void set_present_until(Instant until) override {
        query(sql::upsert_present_until, to_column(until)).next();
    }

    // ---- pauses

    void put_pause(const Pause& pause) override {
        query(sql::upsert_pause, pause.playbook, pause.rule, to_text(pause.mode),
              to_column(pause.since), to_column(pause.resumed_at))
            .next();
    }

    void remove_pause(const Pause& pause) override {
        query(sql::delete_pause, pause.playbook, pause.rule).next();
    }

    std::vector<Pause> list_pauses() override { return all(query(sql::select_pauses), read_pause); }

    // ---- identity

    std::optional<StoredIdentity> identity() override {
        return first(query(sql::select_identity), read_identity);
    }

    void set_identity(const StoredIdentity& identity) override {
        query(sql::upsert_identity, identity.instance, identity.epoch, identity.machine,
              identity.file.inode, to_column(identity.file.born_at),
              to_column(identity.backed_up_at))
            .next();
    }

    // ---- zone data

    std::vector<StoredZone> stored_zones() override {
        return all(query(sql::select_zones), read_zone);
    }

    void put_zone(const StoredZone& zone) override {
        query(sql::upsert_zone, zone.name, SqliteBlob{zone.data}).next();
    }

    std::optional<ZoneChange> latest_zone_change() override {
        return first(query(sql::select_latest_zone_change), read_zone_change);
    }

    void add_zone_change(const ZoneChange& change, const std::vector<MovedTime>& moved) override {
        atomically([&] {
            query(sql::insert_zone_change, change.release, change.release_before,
                  to_column(change.changed_at), change.moved)
                .next();
            query(sql::delete_moved_times).next();
            for (const MovedTime& time : moved) {
                query(sql::insert_moved_time, time.rule_id, time.step, time.subject, time.count,
                      time.local, to_column(time.before), to_column(time.after))
                    .next();
            }
        });
    }

    std::vector<MovedTime> moved_times() override {
        return all(query(sql::select_moved_times), read_moved_time);
    }

    // ---- events

    bool add_event(const Event& event) override {
        query(sql::insert_event, event.id, event.type, event.group, event.member,
              to_column(event.at), to_column(event.received_at),
              to_column(nlohmann::json(event.fields)),
              event.extra.empty() ? std::nullopt : std::optional(event.extra), event_hash(event.id),
              erased_hash(event.member))
            .next();
        return connection_.changed_rows() != 0;
    }

    std::vector<Event> due_events(Instant now, std::size_t limit) override {
        std::vector<Event> events;
        numbers_.clear();
        SqliteQuery row = query(sql::select_due_events, to_column(now), to_column(limit));
        while (row.next()) {
            events.push_back(read_event(row));
            numbers_.emplace(events.back().id, row.integer());
        }
        return events;
    }

    std::optional<Instant> next_event_at() override {
        return first(query(sql::select_next_event_at), read_instant);
    }

    void mark_processed(const std::string& id) override {
        const auto number = numbers_.find(id);
        change_row("event", id,
                   number == numbers_.end()
                       ? query(sql::update_to_processed, id)
                       : query(sql::update_numbered_to_processed, id, number->second));
    }

    std::optional<Event> find_event(const std::string& id) override {
        return first(query(sql::select_event, id), read_event);
    }

    std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                 const std::string& type, Instant from, Instant to) override {
        if (kind == SubjectKind::playbook)
            return all(query(sql::select_events_of_type, type, to_column(from), to_column(to)),
                       read_event);
        if (const auto one = membership_from(subject)) {
            return all(query(sql::select_events_of_membership, one->member, type, to_column(from),
                             to_column(to), one->group),
                       read_event);
        }
        const auto& statement =
            kind == SubjectKind::group ? sql::select_events_of_group : sql::select_events_of_member;
        return all(query(statement, subject, type, to_column(from), to_column(to)), read_event);
    }

    std::vector<Event> latest_events_of(SubjectKind kind, const std::string& subject,
                                        std::size_t limit) override {
        const auto& statement = kind == SubjectKind::group ? sql::select_latest_events_of_group
                                                           : sql::select_latest_events_of_member;
        return all(query(statement, subject, to_column(limit)), read_event);
    }

    EventBacklog backlog(Instant now) override {
        return first(query(sql::select_backlog, to_column(now)), read_backlog).value();
    }

    // ---- intake

    void count_intake(const IntakeCount& more) override {
        query(sql::upsert_intake_count, to_text(more.outcome), more.reason, more.count).next();
    }

    std::vector<IntakeCount> intake_counts() override {
        return all(query(sql::select_intake_counts), read_intake_count);
    }

    void add_rejected_event(const RejectedEvent& rejected) override {
        atomically([&] {
            query(sql::insert_rejected_event, to_column(rejected.received_at), rejected.source,
                  rejected.line, rejected.reason, rejected.message, rejected.excerpt)
                .next();
            query(sql::delete_old_rejected_events, rejected_events_kept).next();
        });
    }

    std::vector<RejectedEvent> rejected_events(std::size_t limit) override {
        return all(query(sql::select_rejected_events, to_column(limit)), read_rejected_event);
    }

    std::vector<Event> events_by_id(const std::string& after, std::size_t limit) override {
        return all(query(sql::select_events_by_id, after, to_column(limit)), read_event);
    }

    bool has_processed_events() override { return holds(query(sql::exists_processed_event)); }

    // ---- retention

    std::optional<SweptPage> sweep(Kept kept, const SweepCursor& after, Instant before,
                                   std::size_t limit) override {
        switch (kept) {
            case Kept::deliveries:
                return sweep_numbered(sql::select_delivery_page, after, before, limit,
                                      [&](std::int64_t through) {
                                          return forget_deliveries(after.number, through, before);
                                      });
            case Kept::tasks:
                return sweep_numbered(sql::select_task_page, sql::delete_tasks, after, before,
                                      limit);
            case Kept::runs:
                return sweep_runs(after, before, limit);
            case Kept::firings:
                return sweep_numbered(sql::select_firing_page, sql::delete_firings, after, before,
                                      limit);
            case Kept::events:
                return sweep_numbered(sql::select_event_page, after, before, limit,
                                      [&](std::int64_t through) {
                                          return forget_events(after.number, through, before);
                                      });
            case Kept::event_ids:
                return sweep_numbered(sql::select_forgotten_event_page,
                                      sql::delete_forgotten_events, after, before, limit);
            case Kept::plans:
                return sweep_numbered(sql::select_plan_page, sql::delete_plans, after, before,
                                      limit);
            case Kept::zone_changes:
                return sweep_numbered(sql::select_zone_change_page, sql::delete_zone_changes, after,
                                      before, limit);
            case Kept::tier_changes:
                return sweep_numbered(sql::select_tier_change_page, sql::delete_tier_changes, after,
                                      before, limit);
            case Kept::past_stays:
                return sweep_oldest(sql::delete_old_past_stays, to_column(before), limit);
            case Kept::day_counts:
                return sweep_oldest(sql::delete_old_day_counts, day_of(before), limit);
        }
        return std::nullopt;  // not reached: the switch names every kind
    }

    std::optional<Instant> swept_at() override {
        return first(query(sql::select_swept_at), read_instant);
    }

    void set_swept_at(Instant at) override { query(sql::upsert_swept_at, to_column(at)).next(); }

    std::vector<DeliverySummary> summarize_forgotten() override {
        return all(query(sql::select_forgotten_deliveries), read_summary);
    }

    // ---- directory

    void put_group(const Group& group) override {
        const std::string tags = to_column(nlohmann::json(group.tags));
        atomically([&] {
            query(sql::upsert_group, group.id, group.name, group.owner, group.zone,
                  to_column(group.created_at), to_column(group.dissolved_at),
                  to_column(nlohmann::json(group.attributes)))
                .next();
            query(sql::delete_other_group_tags, group.id, tags).next();
            query(sql::insert_group_tags, group.id, tags).next();
            query(sql::delete_group_staff, group.id).next();
            for (const auto& [role, members] : group.staff) {
                for (const std::string& member : members)
                    query(sql::insert_group_staff, group.id, role, member).next();
            }
            note_attributes(SubjectKind::group, group.attributes);
        });
    }

    void put_member(const Member& member) override {
        const std::string tags = to_column(nlohmann::json(member.tags));
        const std::string groups = to_column(nlohmann::json(member.groups));
        atomically([&] {
            query(sql::upsert_member, member.id, member.name, member.zone, member.invited_by,
                  to_column(member.opted_out_at), to_column(member.gone_at),
                  to_column(nlohmann::json(member.attributes)), SqliteBlob{member_hash(member.id)})
                .next();
            if (connection_.changed_rows() == 0) return;  // it was erased
            query(sql::delete_other_member_tags, member.id, tags).next();
            query(sql::insert_member_tags, member.id, tags).next();
            query(sql::delete_other_memberships, member.id, groups).next();
            query(sql::insert_memberships, member.id, groups).next();
            note_attributes(SubjectKind::member, member.attributes);
        });
    }

    std::optional<Group> find_group(const std::string& id) override {
        return first(query(sql::select_group, id), read_group);
    }

    std::optional<Member> find_member(const std::string& id) override {
        return first(query(sql::select_member, id), read_member);
    }

    std::optional<std::string> find_name(SubjectKind kind, const std::string& id) override {
        return first(
            query(kind == SubjectKind::group ? sql::select_group_name : sql::select_member_name,
                  id),
            read_text);
    }

    DirectoryCounts count_directory() override {
        return first(query(sql::count_directory), read_counts).value();
    }

    std::vector<std::string> directory_page(SubjectKind kind, const std::string& after,
                                            std::size_t limit) override {
        const bool groups = kind == SubjectKind::group;
        return all(
            query(groups ? sql::select_group_ids : sql::select_member_ids, after, to_column(limit)),
            read_text);
    }

    std::vector<std::string> audience_page(const lang::Audience& audience, const std::string& after,
                                           std::size_t limit) override {
        if (audience.of_groups) return memberships_page(audience, after, limit);
        return tagged_page(audience, audience.kind, after, limit);
    }

    bool is_in_audience(const lang::Audience& audience, const std::string& subject) override {
        const auto membership = membership_from(subject);
        if (audience.of_groups != membership.has_value()) return false;
        if (!membership)
            return is_there(audience.kind, subject) &&
                   carries(audience.kind, subject, audience.tagged);
        return find_membership(*membership) && is_group_of(audience, membership->group) &&
               is_there(SubjectKind::member, membership->member);
    }

    std::optional<std::int64_t> count_audience(const lang::Audience& audience) override {
        if (audience.of_groups) return std::nullopt;
        const bool groups = audience.kind == SubjectKind::group;
        const auto count = [](SqliteQuery&& counting) {
            return first(std::move(counting), read_integer);
        };
        if (audience.tagged.empty())
            return count(query(groups ? sql::count_groups : sql::count_members));
        if (audience.tagged.size() == 1)
            return count_with_any(audience.kind, audience.tagged.front());
        return count(query(groups ? sql::count_tagged_groups : sql::count_tagged_members,
                           clauses_of(audience, audience.kind)));
    }

    bool add_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        const bool group = kind == SubjectKind::group;
        query(group ? sql::insert_group_tag : sql::insert_member_tag, subject, tag).next();
        return connection_.changed_rows() != 0;
    }

    bool remove_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        const bool group = kind == SubjectKind::group;
        query(group ? sql::delete_group_tag : sql::delete_member_tag, subject, tag).next();
        return connection_.changed_rows() != 0;
    }

    void join(const Membership& membership, Instant at) override {
        atomically([&] {
            query(sql::insert_known_group, membership.group).next();
            query(sql::insert_known_member, membership.member,
                  SqliteBlob{member_hash(membership.member)})
                .next();
            query(sql::insert_membership, membership.member, membership.group, to_column(at))
                .next();
        });
    }

    void note_inviter(const std::string& member, const std::string& inviter) override {
        query(sql::update_inviter, member, inviter, SqliteBlob{member_hash(inviter)}).next();
    }

    void rename_member(const std::string& member, const std::string& name) override {
        query(sql::update_member_name, member, name).next();
    }

    bool leave(const Membership& membership) override {
        query(sql::delete_membership, membership.member, membership.group).next();
        return connection_.changed_rows() != 0;
    }

    std::optional<Joined> find_membership(const Membership& membership) override {
        return first(query(sql::select_membership, membership.member, membership.group),
                     read_joined);
    }

    bool dissolve(const std::string& group, Instant at) override {
        query(sql::update_to_dissolved, group, to_column(at)).next();
        return connection_.changed_rows() != 0;
    }

    bool opt_out(const std::string& member, Instant at) override {
        query(sql::update_to_opted_out, member, to_column(at)).next();
        return connection_.changed_rows() != 0;
    }

    bool opt_in(const std::string& member) override {
        query(sql::update_to_opted_in, member).next();
        return connection_.changed_rows() != 0;
    }

    void note_talk(const std::string& group, Instant at) override {
        query(sql::update_talked_at, group, to_column(at)).next();
    }

    std::vector<std::string> member_zones() override {
        return all(query(sql::select_member_zones), read_text);
    }

    std::vector<std::string> members_in_zone(const std::string& zone, const std::string& after,
                                             std::size_t limit) override {
        return all(query(sql::select_members_in_zone, zone, after, to_column(limit)), read_text);
    }

    std::vector<AttributeName> list_attributes(SubjectKind kind) override {
        return all(query(sql::select_attributes, to_text(kind)), read_attribute);
    }

    // ---- ImportBook

    ImportId add_import(const ImportEntry& entry) override {
        query(sql::insert_import, to_text(entry.kind), entry.source, entry.by, to_column(entry.at),
              entry.added, entry.changed, entry.unchanged, entry.marked, to_column(entry.finished))
            .next();
        return connection_.last_inserted_id();
    }

    void update_import(const ImportEntry& entry) override {
        change_row("import", entry.id,
                   query(sql::update_import, entry.id, entry.added, entry.changed, entry.unchanged,
                         entry.marked, to_column(entry.finished)));
    }

    std::vector<ImportEntry> list_imports(std::size_t limit) override {
        return all(query(sql::select_imports, to_column(limit)), read_import);
    }

    std::optional<ImportId> import_of(SubjectKind kind, const std::string& id) override {
        const bool group = kind == SubjectKind::group;
        return first(query(group ? sql::select_import_of_group : sql::select_import_of_member, id),
                     read_integer);
    }

    void set_import(SubjectKind kind, const std::string& id, ImportId import) override {
        const bool group = kind == SubjectKind::group;
        query(group ? sql::update_import_of_group : sql::update_import_of_member, id, import)
            .next();
    }

    // ---- Privacy

    bool erase_member(const std::string& member, const std::string& pseudonym, Instant at,
                      const std::string& by) override {
        if (!find_member(member)) return false;
        query(sql::overwrite_what_is_deleted).next();
        atomically([&] {
            query(sql::insert_erased_member, SqliteBlob{member_hash(member)}, to_column(at), by)
                .next();
            erase_runs(member, pseudonym, at);
            erase_events(member, pseudonym);
            for (const std::string_view statement :
                 {sql::update_points_to_pseudonym, sql::update_collected_to_pseudonym,
                  sql::update_drawn_to_pseudonym, sql::update_codes_to_pseudonym,
                  sql::update_targets_to_pseudonym, sql::update_task_answers_to_pseudonym,
                  sql::update_stays_to_pseudonym, sql::update_tier_changes_to_pseudonym,
                  sql::update_day_counts_to_pseudonym})
                query(statement, member, pseudonym).next();
            query(sql::insert_stays_of_pseudonym, member, pseudonym, to_column(at)).next();
            for (const std::string_view statement :
                 {sql::delete_member_contacts, sql::delete_member_uses, sql::delete_member_entries,
                  sql::delete_member_conditions, sql::delete_member_tags,
                  sql::delete_member_memberships, sql::delete_member_as_staff,
                  sql::delete_member_invitations, sql::delete_member_rotations,
                  sql::delete_member_rejections, sql::update_commands_without_member,
                  sql::update_invited_by, sql::update_owner, sql::update_moved_times_of,
                  sql::delete_member})
                query(statement, member).next();
        });
        return true;
    }

    bool is_erased(const std::string& member) override {
        return holds(query(sql::exists_erased_member, SqliteBlob{member_hash(member)}));
    }

    std::vector<Event> events_about(const std::string& member,
                                    std::pair<Instant, std::string> after,
                                    std::size_t limit) override {
        return all(query(sql::select_events_about, member, to_column(after.first), after.second,
                         to_column(limit)),
                   read_event);
    }

    // ---- EntryBook

    std::optional<Entry> find_entry(const EntryKey& key) override {
        return first(query(sql::select_entry, key.rule, to_text(key.per), key.subject, key.period),
                     read_entry);
    }

    void put_entry(const EntryKey& key, const Entry& entry) override {
        query(sql::upsert_entry, key.rule, to_text(key.per), key.subject, key.period,
              to_column(entry.since), entry.count)
            .next();
    }

    // ---- ConditionBook

    bool set_condition(RuleId rule, const std::string& subject, bool is_so) override {
        query(is_so ? sql::insert_condition_met : sql::delete_condition_met, rule, subject).next();
        return connection_.changed_rows() != 0;
    }

    void forget_conditions(RuleId rule) override { query(sql::delete_conditions_met, rule).next(); }

    std::optional<Instant> looked_through() override {
        return first(query(sql::select_looked_through), read_instant);
    }

    void set_looked_through(Instant at) override {
        query(sql::upsert_looked_through, to_column(at)).next();
    }

    // ---- Ledger

    std::int64_t points_of(const std::string& member) override {
        return first(query(sql::select_points, member), read_integer).value_or(0);
    }

    bool add_points(const PointEntry& entry) override {
        bool added = false;
        atomically([&] {
            added = insert(query(sql::insert_point_entry, entry.member, entry.amount, entry.reason,
                                 to_column(entry.at), entry.rule, entry.event, entry.undoes))
                        .has_value();
            if (!added) return;
            query(sql::update_points, entry.member, entry.amount).next();
            if (entry.amount < 0) spend(entry);
        });
        return added;
    }

    std::vector<PointEntry> points_given_by(const std::string& event) override {
        return all(query(sql::select_points_given_by, event), read_point_entry);
    }

    std::vector<PointEntry> list_points(const std::string& member, std::int64_t after,
                                        std::size_t limit) override {
        return all(query(sql::select_point_entries, member, after, to_column(limit)),
                   read_point_entry);
    }

    // ---- Collections

    std::optional<CollectionId> add_collection(const Collection& collection) override {
        const ActionOfRun& of = collection.of;
        return insert(query(sql::insert_collection, of.run, to_column(of.step),
                            to_column(of.action), to_text(collection.subject_kind),
                            collection.subject, to_column(collection.opened_at),
                            to_column(collection.closes_at)));
    }

    std::optional<Collection> find_collection(const ActionOfRun& of) override {
        return first(
            query(sql::select_collection, of.run, to_column(of.step), to_column(of.action)),
            read_collection);
    }

    std::optional<Collection> last_collection_of(RunId run) override {
        return first(query(sql::select_last_collection, run), read_collection);
    }

    std::vector<Collection> collections_at(SubjectKind kind, const std::string& subject,
                                           Instant at) override {
        return all(query(sql::select_collections_at, to_text(kind), subject, to_column(at)),
                   read_collection);
    }

    void close_collections_of(RunId run, Instant at) override {
        query(sql::close_collections_of_run, run, to_column(at)).next();
    }

    void set_full(CollectionId id) override {
        change_row("collection", id, query(sql::update_collection_to_full, id));
    }

    bool add_collected(CollectionId id, const CollectedEntry& entry) override {
        bool added = false;
        atomically([&] {
            query(sql::insert_collected, id, entry.event, entry.member, entry.quantity,
                  to_column(entry.at))
                .next();
            added = connection_.changed_rows() != 0;
            if (added) change_row("collection", id, query(sql::update_taken, id, entry.quantity));
        });
        return added;
    }

    bool give_back(CollectionId id, const CollectedEntry& entry) override {
        bool given_back = false;
        atomically([&] {
            query(sql::update_to_given_back, id, entry.event).next();
            given_back = connection_.changed_rows() != 0;
            if (given_back)
                change_row("collection", id, query(sql::update_taken, id, -entry.quantity));
        });
        return given_back;
    }

    std::vector<CollectedEntry> collected(CollectionId id) override {
        return all(query(sql::select_collected, id), read_collected);
    }

    std::int64_t collected_of(CollectionId id, const std::string& member) override {
        return first(query(sql::sum_collected_of_member, id, member), read_integer).value_or(0);
    }

    // ---- Draws

    std::optional<DrawId> add_draw(const StoredDraw& draw,
                                   const std::vector<StoredDrawEntry>& entries) override {
        std::optional<DrawId> id;
        atomically([&] {
            const ActionOfRun& of = draw.of;
            id = insert(query(sql::insert_draw, of.run, to_column(of.step), to_column(of.action),
                              draw.seed, draw.name, to_column(draw.drawn_at)));
            if (!id) return;
            for (const StoredDrawEntry& entry : entries)
                query(sql::insert_draw_entry, *id, entry.event, entry.member, entry.place).next();
        });
        return id;
    }

    std::optional<StoredDraw> find_draw(const ActionOfRun& of) override {
        return first(query(sql::select_draw, of.run, to_column(of.step), to_column(of.action)),
                     read_draw);
    }

    std::optional<StoredDraw> find_draw(DrawId id) override {
        return first(query(sql::select_draw_by_id, id), read_draw);
    }

    std::vector<StoredDraw> list_draws(DrawId before, std::size_t limit) override {
        return all(query(sql::select_draws, before, to_column(limit)), read_draw);
    }

    std::vector<StoredDrawEntry> draw_entries(DrawId id) override {
        return all(query(sql::select_draw_entries, id), read_draw_entry);
    }

    std::string draw_secret() override {
        return first(query(sql::select_draw_secret), read_text).value_or("");
    }

    void set_draw_secret(const std::string& secret) override {
        query(sql::insert_draw_secret, secret).next();
    }

    // ---- Pools

    bool add_code(const std::string& pool, const std::string& code) override {
        return insert(query(sql::insert_pool_code, pool, code)).has_value();
    }

    std::optional<std::string> next_code(const std::string& pool) override {
        return first(query(sql::select_next_code, pool), read_text);
    }

    void give_code(const std::string& pool, const std::string& code, const ActionOfRun& action,
                   const std::string& member, Instant at) override {
        change_row("code left of pool", pool,
                   query(sql::update_to_given, pool, code, action.run, to_column(action.step),
                         to_column(action.action), member, to_column(at)));
    }

    std::optional<std::string> last_code_of(RunId run) override {
        return first(query(sql::select_last_code_of_run, run), read_text);
    }

    PoolCounts count_pool(const std::string& pool) override {
        PoolCounts counts = first(query(sql::select_pool, pool), read_pool).value_or(PoolCounts{});
        counts.pool = pool;
        return counts;
    }

    std::vector<PoolCounts> list_pools() override {
        return all(query(sql::select_pools), read_pool);
    }

    std::vector<PoolCode> list_codes(const std::string& pool, std::int64_t after,
                                     std::size_t limit) override {
        return all(query(sql::select_pool_codes, pool, after, to_column(limit)), read_pool_code);
    }

    std::vector<UnspentPoints> unspent_points(std::size_t limit) override {
        return all(query(sql::select_unspent_points, to_column(limit)), read_unspent_points);
    }

    void expire_points(const UnspentPoints& unspent, const std::string& reason,
                       Instant at) override {
        atomically([&] {
            const bool is_there = add_points(
                {.member = unspent.member, .amount = -unspent.amount, .reason = reason, .at = at});
            if (!is_there) query(sql::update_unspent, unspent.entry, std::int64_t{0}).next();
        });
    }

    std::vector<MemberPoints> most_points(std::optional<Instant> until,
                                          std::size_t limit) override {
        if (!until)
            return all(query(sql::select_most_points, to_column(limit)), read_member_points);
        return all(query(sql::select_most_points_until, to_column(*until), to_column(limit)),
                   read_member_points);
    }

    // ---- TaskStore

    TaskId add_task(const Task& task) override {
        query(sql::insert_task, task.run, task.rule, to_column(task.step), to_column(task.action),
              std::int64_t{task.is_approval}, task.text, task.role, task.group, task.member,
              to_column(task.made_at), to_column(task.due_at), to_column(task.remind_at),
              to_text(task.state), to_column(task.settled_at), task.by, task.note)
            .next();
        return connection_.last_inserted_id();
    }

    std::optional<Task> find_task(TaskId id) override {
        return first(query(sql::select_task, id), read_task);
    }

    std::vector<Task> list_tasks(const TaskFilter& filter) override {
        const auto state = filter.state ? std::optional(to_text(*filter.state)) : std::nullopt;
        return all(query(sql::select_tasks, filter.after, state, filter.role, filter.group,
                         to_column(filter.limit)),
                   read_task);
    }

    std::vector<Task> open_tasks_of_run(RunId run) override {
        return all(query(sql::select_open_tasks_of_run, run), read_task);
    }

    void settle_task(TaskId id, const TaskEnd& end) override {
        assert(end.state != TaskState::open);
        change_row("task that can still change", id,
                   query(sql::update_to_task_end, id, to_text(end.state), to_column(end.at), end.by,
                         end.note));
    }

    std::vector<Task> due_reminders(Instant until, std::size_t limit) override {
        return all(query(sql::select_due_reminders, to_column(until), to_column(limit)), read_task);
    }

    std::optional<Instant> next_reminder_at() override {
        const auto next = due_reminders(Instant::max(), 1);
        return next.empty() ? std::nullopt : next.front().remind_at;
    }

    void set_reminded(TaskId id) override {
        change_row("task", id, query(sql::update_to_reminded, id));
    }

    void move_task(TaskId id, RunId run, std::size_t step, std::size_t action) override {
        change_row("task", id,
                   query(sql::update_run_of_task, id, run, to_column(step), to_column(action)));
    }

    // ---- GroupWork

    void add_run_group(RunId run, const std::string& group) override {
        query(sql::insert_run_group, run, group).next();
    }

    std::vector<std::string> groups_of_run(RunId run) override {
        return all(query(sql::select_groups_of_run, run), read_text);
    }

    void move_run_groups(RunId from_run, RunId to_run) override {
        query(sql::update_run_of_groups, from_run, to_run).next();
    }

    bool add_invitation(const std::string& group, const std::string& member,
                        DeliveryId delivery) override {
        query(sql::insert_invitation, group, member, delivery).next();
        return connection_.changed_rows() != 0;
    }

    std::vector<std::string> invited_to(const std::string& group) override {
        return all(query(sql::select_invited, group), read_text);
    }

    void remove_invitations(DeliveryId delivery) override {
        query(sql::delete_invitations, delivery).next();
    }

  private:
    static SqliteConnection::Access access_for(SqliteOptions::Open open) {
        switch (open) {
            case SqliteOptions::Open::create_if_missing:
                return SqliteConnection::Access::create;
            case SqliteOptions::Open::must_exist:
                return SqliteConnection::Access::write;
            case SqliteOptions::Open::read_only:
                break;
        }
        return SqliteConnection::Access::read;
    }

    // Takes from what the entry undoes, then from the oldest.
    void spend(const PointEntry& entry) {
        std::int64_t left = -entry.amount;
        const auto take = [&](const UnspentPoints& from) {
            const std::int64_t taken = std::min(left, from.amount);
            query(sql::update_unspent, from.entry, from.amount - taken).next();
            left -= taken;
        };
        if (entry.undoes) {
            const auto given =
                first(query(sql::select_unspent_of_entry, *entry.undoes), read_unspent_points);
            if (given && given->amount > 0) take(*given);
        }
        while (left > 0) {
            const auto oldest =
                first(query(sql::select_oldest_unspent_of, entry.member), read_unspent_points);
            if (!oldest) return;
            take(*oldest);
        }
    }

    static std::int64_t day_of(Instant instant) {
        return date::floor<date::days>(instant).time_since_epoch().count();
    }

    // The same rows are not met again, so there is no place to go on from.
    std::optional<SweptPage> sweep_oldest(std::string_view deletion, std::int64_t before,
                                          std::size_t limit) {
        SweptPage swept;
        atomically([&] {
            query(deletion, before, to_column(limit)).next();
            swept.let_go = connection_.changed_rows();
        });
        return swept.let_go == 0 ? std::nullopt : std::optional(swept);
    }

    // Neither dissolved nor gone.
    bool is_there(SubjectKind kind, const std::string& id) {
        const bool group = kind == SubjectKind::group;
        return holds(query(group ? sql::exists_group_there : sql::exists_member_there, id));
    }

    // A tag of each clause.
    bool carries(SubjectKind kind, const std::string& id,
                 const std::vector<std::vector<std::string>>& clauses) {
        const bool group = kind == SubjectKind::group;
        const auto has = [&](const std::string& tag) {
            return holds(query(group ? sql::exists_group_tag : sql::exists_member_tag, tag, id));
        };
        return std::all_of(clauses.begin(), clauses.end(), [&](const auto& clause) {
            return std::any_of(clause.begin(), clause.end(), has);
        });
    }

    // Whether members of the group belong to an audience of members of groups.
    bool is_group_of(const lang::Audience& audience, const std::string& group) {
        return is_there(SubjectKind::group, group) &&
               carries(SubjectKind::group, group, audience.tagged);
    }

    std::int64_t count_of_tag(SubjectKind kind, const std::string& tag) {
        return first(query(sql::select_tag_count, to_text(kind), tag), read_integer).value_or(0);
    }

    // How many carry the commonest of the tags is known; who carries another of them is looked at,
    // and counts when it carries none before that.
    std::int64_t count_with_any(SubjectKind kind, const std::vector<std::string>& tags) {
        const bool groups = kind == SubjectKind::group;
        const auto number = [](SqliteQuery&& counting) {
            return first(std::move(counting), read_integer).value();
        };
        std::vector<std::pair<std::int64_t, std::string>> commonest_first;
        for (const std::string& tag : tags)
            commonest_first.emplace_back(count_of_tag(kind, tag), tag);
        std::sort(commonest_first.begin(), commonest_first.end(), std::greater<>());
        std::int64_t count = 0;
        auto counted = nlohmann::json::array();
        for (const auto& [size, tag] : commonest_first) {
            if (counted.empty())
                count += number(
                    query(groups ? sql::count_groups_with_tag : sql::count_members_with_tag, tag));
            else
                count += number(query(
                    groups ? sql::count_groups_with_tag_alone : sql::count_members_with_tag_alone,
                    tag, to_column(counted)));
            counted.push_back(tag);
        }
        return count;
    }

    // With the clause first that fewest meet: the others are asked of those alone.
    std::string clauses_of(const lang::Audience& audience, SubjectKind kind) {
        std::vector<std::pair<std::int64_t, std::size_t>> sizes;
        for (std::size_t i = 0; i < audience.tagged.size(); ++i) {
            std::int64_t size = 0;
            for (const std::string& tag : audience.tagged[i]) size += count_of_tag(kind, tag);
            sizes.emplace_back(size, i);
        }
        std::sort(sizes.begin(), sizes.end());
        auto clauses = nlohmann::json::array();
        for (const auto& [size, index] : sizes) clauses.push_back(audience.tagged[index]);
        return to_column(clauses);
    }

    // Of groups or members, whatever else the audience says.
    std::vector<std::string> tagged_page(const lang::Audience& audience, SubjectKind kind,
                                         const std::string& after, std::size_t limit) {
        const bool groups = kind == SubjectKind::group;
        if (audience.tagged.empty()) {
            return all(query(groups ? sql::select_groups_page : sql::select_members_page, after,
                             to_column(limit)),
                       read_text);
        }
        return all(query(groups ? sql::select_tagged_groups_page : sql::select_tagged_members_page,
                         clauses_of(audience, kind), after, to_column(limit)),
                   read_text);
    }

    // Of the groups of an audience that come after `after`; the ones it names where it names some.
    std::vector<std::string> groups_page(const lang::Audience& audience, const std::string& after,
                                         std::size_t limit) {
        if (audience.ids.empty()) return tagged_page(audience, SubjectKind::group, after, limit);
        std::vector<std::string> groups;
        for (const std::string& id : audience.ids) {
            if (id > after && is_group_of(audience, id)) groups.push_back(id);
        }
        std::sort(groups.begin(), groups.end());
        groups.resize(std::min(groups.size(), limit));
        return groups;
    }

    // Group by group, so that a page costs as much as it holds and the empty groups it passes.
    std::vector<std::string> memberships_page(const lang::Audience& audience,
                                              const std::string& after, std::size_t limit) {
        std::vector<std::string> page;
        const auto take = [&](const std::string& group, const std::string& member) {
            for (const std::string& id : all(query(sql::select_members_of_group, group, member,
                                                   to_column(limit - page.size())),
                                             read_text))
                page.push_back(to_subject({id, group}));
        };
        const Membership last = membership_from(after).value_or(Membership{});
        if (!last.group.empty() && is_group_of(audience, last.group)) take(last.group, last.member);
        std::string through = last.group;
        while (page.size() < limit) {
            const auto groups = groups_page(audience, through, limit);
            for (const std::string& group : groups) {
                if (page.size() < limit) take(group, "");
                through = group;
            }
            if (groups.size() < limit) break;
        }
        return page;
    }

    void note_attributes(SubjectKind kind, const Attributes& attributes) {
        for (const auto& [name, value] : attributes)
            query(sql::upsert_attribute, to_text(kind), name, to_column(is_number(value))).next();
    }

    std::optional<SqliteBlob> erased_hash(const std::optional<std::string>& member) {
        if (!member) return std::nullopt;
        erased_hash_ = member_hash(*member);
        return SqliteBlob{erased_hash_};
    }

    void erase_runs(const std::string& member, const std::string& pseudonym, Instant at) {
        const auto runs = all(query(sql::select_runs_about_member, member), read_integer);
        const std::string ids = to_column(nlohmann::json(runs));
        query(sql::update_deliveries_to_erased, ids, to_column(at), member).next();
        query(sql::update_deliveries_to_erased_unless_taken, ids, member).next();
        query(sql::update_commands_to_empty, ids).next();
        query(sql::update_tasks_to_erased, ids, member, to_column(at), pseudonym).next();
        query(sql::update_runs_to_erased, ids).next();
        const auto messages = all(query(sql::select_messages_of_runs, ids, member), read_integer);
        query(sql::update_deliveries_to_textless, ids, member).next();
        query(sql::delete_unused_messages, to_column(nlohmann::json(messages))).next();
        query(sql::update_condition_firings_to_pseudonym, ids, pseudonym).next();
        query(sql::update_other_firings_to_pseudonym, ids, pseudonym).next();
        query(sql::update_runs_to_pseudonym, ids, pseudonym, member).next();
        query(sql::update_firings_through_pseudonym, member, pseudonym).next();
    }

    // An event keeps its type, group and time, by which it is counted. Its id may say who it was
    // of; it is remembered as those that retention lets go are.
    void erase_events(const std::string& member, const std::string& pseudonym) {
        const auto events = all(query(sql::select_event_ids_about, member), read_old_event);
        std::size_t number = 0;
        for (const OldEvent& event : events) {
            const std::string id = fmt::format("{}/{}", pseudonym, ++number);
            query(sql::insert_forgotten_event, event_hash(event.id), event.received_at).next();
            query(sql::update_firings_of_event, event.id, id, member).next();
            query(sql::update_event_to_pseudonym, event.id, id, pseudonym).next();
        }
        const std::string named = to_column(nlohmann::json(member));
        const std::string instead = to_column(nlohmann::json(pseudonym));
        query(sql::update_mentions_in_events, named, instead).next();
        query(sql::update_mentions_in_commands, named, instead).next();
        // As a list of texts stands within a text, and a member of a group within such a list.
        const auto nested = [](const std::string& text) {
            const std::string quoted = to_column(nlohmann::json(text));
            return quoted.substr(1, quoted.size() - 2);
        };
        query(sql::update_imports_in_events, nested(named), nested(instead)).next();
        query(sql::update_imports_in_events, nested("\\u001f" + named.substr(1)),
              nested("\\u001f" + instead.substr(1)))
            .next();
    }

    void change_runs(RuleId rule, RunState from, RunState to) {
        query(sql::update_runs_of_rule, rule, to_text(from), to_text(to)).next();
    }

    template <typename... Values>
    SqliteQuery query(std::string_view sql, const Values&... values) {
        // SQLite undoes a whole transaction when the disk is full. What came after would then be
        // kept on its own.
        if (transaction_is_open_ && !connection_.in_transaction()) {
            throw StoreError(
                fmt::format("{}: the transaction was undone by the failure before; begin a new one",
                            connection_.path()));
        }
        return connection_.query(sql, values...);
    }

    // Nothing when the row was there already.
    std::optional<std::int64_t> insert(SqliteQuery&& insertion) {
        insertion.next();
        return connection_.changed_rows() == 0 ? std::nullopt
                                               : std::optional(connection_.last_inserted_id());
    }

    // A row that is not there, or not in a state to be changed so, means that the caller and the
    // store disagree on what has happened: going on could send something twice.
    template <typename Id>
    void change_row(std::string_view what, const Id& id, SqliteQuery&& update) {
        update.next();
        if (connection_.changed_rows() == 0) {
            throw StoreError(fmt::format("{}: there is no {} {}", connection_.path(), what, id));
        }
    }

    template <typename Work>
    void atomically(const Work& work) {
        if (transaction_is_open_) {
            work();
            return;
        }
        const auto transaction = begin();
        work();
        transaction->commit();
    }

    // A page of a table whose ids are numbers; `forget` says how many rows it let go.
    template <typename Forget>
    std::optional<SweptPage> sweep_numbered(std::string_view select_page, const SweepCursor& after,
                                            Instant before, std::size_t limit,
                                            const Forget& forget) {
        const auto page =
            first(query(select_page, after.number, to_column(before), to_column(limit)), read_page);
        if (!page->through || !page->has_old) return std::nullopt;
        SweptPage swept{.through = {.number = *page->through}};
        atomically([&] { swept.let_go = forget(*page->through); });
        return swept;
    }

    std::optional<SweptPage> sweep_numbered(std::string_view select_page,
                                            std::string_view delete_page, const SweepCursor& after,
                                            Instant before, std::size_t limit) {
        return sweep_numbered(select_page, after, before, limit, [&](std::int64_t through) {
            query(delete_page, after.number, through, to_column(before)).next();
            return connection_.changed_rows();
        });
    }

    // With what they collected and drew.
    std::optional<SweptPage> sweep_runs(const SweepCursor& after, Instant before,
                                        std::size_t limit) {
        const auto forget = [&](std::int64_t through) {
            query(sql::delete_runs, after.number, through, to_column(before)).next();
            const std::int64_t runs = connection_.changed_rows();
            for (const std::string_view sql :
                 {sql::delete_collected_without_run, sql::delete_collections_without_run,
                  sql::delete_draw_entries_without_run, sql::delete_draws_without_run})
                query(sql, after.number, through).next();
            return runs;
        };
        return sweep_numbered(sql::select_run_page, after, before, limit, forget);
    }

    // With what belongs to them alone.
    std::int64_t forget_deliveries(std::int64_t after, std::int64_t through, Instant before) {
        const auto ids =
            all(query(sql::select_deliveries_to_forget, after, through, to_column(before)),
                read_integer);
        if (ids.empty()) return 0;
        const std::string forgotten = to_column(nlohmann::json(ids));
        last_message_.reset();
        const auto messages = all(query(sql::select_messages_of, forgotten), read_integer);
        query(sql::count_forgotten_deliveries, forgotten).next();
        query(sql::delete_contacts_of, forgotten).next();
        query(sql::delete_deliveries, forgotten).next();
        query(sql::delete_unused_messages, to_column(nlohmann::json(messages))).next();
        return static_cast<std::int64_t>(ids.size());
    }

    std::int64_t forget_events(std::int64_t after, std::int64_t through, Instant before) {
        const auto old = all(query(sql::select_events_to_forget, after, through, to_column(before)),
                             read_old_event);
        for (const OldEvent& event : old) {
            query(sql::insert_forgotten_event, event_hash(event.id), event.received_at).next();
            query(sql::delete_event, event.id).next();
        }
        return static_cast<std::int64_t>(old.size());
    }

    SqliteConnection connection_;
    bool transaction_is_open_ = false;
    SqliteFigures figures_{connection_, transaction_is_open_};
    // Of the open transaction: most messages have the text of the one before, or a new one.
    std::optional<std::pair<MessageId, MessageContent>> last_message_{};
    // Of the due events that were read last: where each stands, which spares looking for its id
    // among those of all events.
    std::unordered_map<std::string, std::int64_t> numbers_{};
    std::string erased_hash_{};  // as long as a statement has it bound
};

constexpr std::size_t copy_page_size = 1000;

std::vector<std::string> next_page(Store& store, SubjectKind kind, const std::string& after) {
    return store.directory_page(kind, after, copy_page_size);
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::string& path, const SqliteOptions& options) {
    if (options.vfs.empty()) check_path(path, options.open);
    return std::make_unique<SqliteStore>(path, options);
}

std::unique_ptr<Store> open_memory_store() {
    return std::make_unique<SqliteStore>(":memory:", SqliteOptions{});
}

void back_up(const std::string& path, const std::string& target, Instant now) {
    using Access = SqliteConnection::Access;
    const auto patience = SqliteOptions{}.busy_timeout;
    SqliteConnection(path, Access::read, patience).query(sql::vacuum_into, target).next();
    SqliteConnection copy(target, Access::write, patience);
    copy.query(sql::upsert_backed_up_at, to_column(now)).next();
}

void vacuum(const std::string& path) {
    SqliteConnection connection(path, SqliteConnection::Access::write,
                                SqliteOptions{}.busy_timeout);
    connection.query(sql::vacuum).next();
    connection.query(sql::empty_wal).next();
}

void fold_log(const std::string& path) {
    SqliteConnection connection(path, SqliteConnection::Access::write,
                                SqliteOptions{}.busy_timeout);
    connection.query(sql::empty_wal).next();
}

void copy_directory(const std::string& path, Store& store) {
    const auto source = open_sqlite_store(path, {.open = SqliteOptions::Open::read_only});
    // One moment of the source, whatever is written to it meanwhile.
    const auto moment = source->begin();
    for (auto page = next_page(*source, SubjectKind::group, ""); !page.empty();
         page = next_page(*source, SubjectKind::group, page.back())) {
        for (const std::string& id : page) {
            store.put_group(source->find_group(id).value());
        }
    }
    for (auto page = next_page(*source, SubjectKind::member, ""); !page.empty();
         page = next_page(*source, SubjectKind::member, page.back())) {
        for (const std::string& id : page) {
            const Member member = source->find_member(id).value();
            store.put_member(member);
            for (const std::string& group : member.groups) {
                if (const auto joined = source->find_membership({id, group})->at)
                    store.join({id, group}, *joined);
            }
        }
    }
}

}  // namespace sop::runtime
