using System.Collections.Immutable;

namespace JobQueue;

/// <summary>
/// Every transition a job can make, as a table: what triggers it and which script carries it out. The diagram in
/// docs/architecture/job-lifecycle.md is generated from it, and each script's TRANSITION header is checked against it.
/// </summary>
internal static class JobStateMachine
{
    /// <param name="From">Null: the job does not exist before.</param>
    /// <param name="To">Null: the job does not exist afterwards.</param>
    /// <param name="Trigger">What makes it happen.</param>
    /// <param name="Script">The script that carries it out, without its ending.</param>
    internal sealed record Transition(JobState? From, JobState? To, string Trigger, string Script);

    public static ImmutableArray<Transition> Transitions { get; } =
    [
        new(null, JobState.Pending, "enqueue", "enqueue"),
        new(null, JobState.Scheduled, "enqueue with a delay", "enqueue"),
        new(null, JobState.Pending, "an occurrence of a recurring job", "fire_recurring"),
        new(JobState.Scheduled, JobState.Pending, "due", "promote"),
        new(JobState.Pending, JobState.Running, "leased", "fetch"),
        new(JobState.Running, JobState.Completed, "succeeded", "complete"),
        new(JobState.Running, JobState.Retrying, "failed, retries left", "settle"),
        new(JobState.Running, JobState.Dead, "failed, no retries left", "settle"),
        new(JobState.Running, JobState.Scheduled, "snoozed, or its handler is unknown", "settle"),
        new(JobState.Running, JobState.Cancelled, "cancel honoured", "settle"),
        new(JobState.Running, JobState.Dead, "its process died under it too often", "bury"),
        new(JobState.Running, JobState.Cancelled, "cancelled, and its worker is gone", "bury"),
        new(JobState.Running, JobState.Pending, "handed back", "release"),
        new(JobState.Running, JobState.Scheduled, "handed back for later", "release"),
        new(JobState.Running, JobState.Pending, "fetch answer lost", "reconcile"),
        new(JobState.Running, JobState.Pending, "worker lost", "recover"),
        new(JobState.Retrying, JobState.Pending, "due", "promote"),
        new(JobState.Dead, JobState.Pending, "requeued by a person", "requeue"),
        new(JobState.Scheduled, JobState.Pending, "run now", "run_now"),
        new(JobState.Retrying, JobState.Pending, "run now", "run_now"),
        new(JobState.Pending, JobState.Cancelled, "cancelled", "cancel"),
        new(JobState.Scheduled, JobState.Cancelled, "cancelled", "cancel"),
        new(JobState.Retrying, JobState.Cancelled, "cancelled", "cancel"),
        new(JobState.Pending, null, "deleted", "delete"),
        new(JobState.Scheduled, null, "deleted", "delete"),
        new(JobState.Retrying, null, "deleted", "delete"),
        new(JobState.Completed, null, "deleted", "delete"),
        new(JobState.Dead, null, "deleted", "delete"),
        new(JobState.Cancelled, null, "deleted", "delete"),
        new(JobState.Dead, null, "deleted with others", "clear_dead"),
        new(JobState.Dead, null, "retention is over", "trim_dead"),
        new(JobState.Completed, null, "retention is over", "trim"),
        new(JobState.Cancelled, null, "retention is over", "trim"),
        new(JobState.Pending, null, "purged with its queue", "purge"),
    ];
}
