using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Changes a job that exists, whatever state it is in. A change is made from what was read and stored if that still holds;
/// otherwise the job is read again. Safe to use from any thread.
/// </summary>
internal sealed class JobControl(RedisCalls calls, JobReader reader, JobQueueMetrics metrics)
{
    private const int MaxConflicts = 5;

    /// <summary>Cancels a job that waits, or asks one that runs to stop.</summary>
    /// <returns><see cref="JobState.Cancelled"/>, or <see cref="JobState.Running"/> when it has been asked.</returns>
    public async Task<JobState> CancelAsync(JobId id, CancellationToken cancellationToken)
    {
        var state = JobState.Pending;
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (now, place) = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
            var record = JobRecordReader.TryRead(id, place.Record, out _);
            state = JobReader.FindState(place, record?.Status);
            var status = await calls.Of(id).RunAsync(
                "cancel",
                static (shard, job, token) => CancelScript.RunAsync(shard, job, token),
                ToCancellation(id, place.Record, state, record, now),
                cancellationToken).ConfigureAwait(false);
            if (status == ScriptStatus.Applied && record is not null)
            {
                metrics.Ended(JobOutcomes.Cancelled, record.Queue, record.Name, attempt: null);
            }

            if (status != ScriptStatus.Conflict)
            {
                return status == ScriptStatus.Cancelling ? JobState.Running : JobState.Cancelled;
            }
        }

        throw Errors.Contended(id, state);
    }

    /// <summary>Removes a job with everything kept for it.</summary>
    /// <param name="id">The job.</param>
    /// <param name="refuse">Why a job in this state is not removed; null when it is.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    public async Task DeleteAsync(JobId id, Func<JobId, JobState, JobStateException?> refuse, CancellationToken cancellationToken)
    {
        var state = JobState.Pending;
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (_, place) = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
            var record = JobRecordReader.TryRead(id, place.Record, out _);
            state = JobReader.FindState(place, record?.Status);
            if (refuse(id, state) is { } refusal)
            {
                throw refusal;
            }

            var status = await calls.Of(id).RunAsync(
                "delete",
                static (shard, job, token) => DeleteScript.RunAsync(shard, job, token),
                new Deletion(id, state, place.Record, record?.FinishedAt ?? 0),
                cancellationToken).ConfigureAwait(false);
            if (status is ScriptStatus.Applied or ScriptStatus.NotFound)
            {
                return; // Not found: it was there a moment ago, so an earlier sending of this call, or somebody else, has removed it.
            }
        }

        throw Errors.Contended(id, state);
    }

    /// <summary>Puts a job that waits for its time into its queue; one that waits or runs already is left as it is.</summary>
    public async Task RunNowAsync(JobId id, CancellationToken cancellationToken)
    {
        var state = JobState.Pending;
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (_, place) = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
            state = JobReader.FindState(place, JobRecordReader.TryRead(id, place.Record, out _)?.Status);
            if (state is JobState.Pending or JobState.Running)
            {
                return;
            }

            if (IsFinished(state))
            {
                throw Errors.JobFinished(id, state, "run now");
            }

            var status = await calls.Of(id).RunAsync(
                "run now",
                static (shard, job, token) => RunNowScript.RunAsync(shard, job, token),
                id,
                cancellationToken).ConfigureAwait(false);
            if (status == ScriptStatus.Applied)
            {
                return;
            }
        }

        throw Errors.Contended(id, state);
    }

    /// <summary>Reads the record of a finished job that can be enqueued again, with its own arguments or with others.</summary>
    public async Task<JobRecord> ReadFinishedAsync(JobId id, bool needsArgs, CancellationToken cancellationToken)
    {
        var (_, place) = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
        var record = JobRecordReader.TryRead(id, place.Record, out _);
        var state = JobReader.FindState(place, record?.Status);
        return record switch
        {
            _ when !IsFinished(state) => throw Errors.NotFinished(id, state),
            null or { Raw: not null } => throw Errors.RecordUnreadable(id, state, "copied"),
            { ArgsDropped: { } bytes } when needsArgs => throw Errors.ArgsNotKept(id, state, bytes),
            _ => record,
        };
    }

    private static Cancellation ToCancellation(JobId id, byte[] bytes, JobState state, JobRecord? record, long now)
    {
        if (state == JobState.Running)
        {
            return Cancellation.OfRunning(id);
        }

        if (IsFinished(state))
        {
            throw Errors.JobFinished(id, state, "cancelled");
        }

        if (record is null)
        {
            throw Errors.RecordUnreadable(id, state, "cancelled");
        }

        record.Status = TerminalStatus.Cancelled;
        record.FinishedAt = now;
        return new Cancellation(id, state, bytes, record.Line, now, record.Name, JobRecordWriter.Write(record));
    }

    private static bool IsFinished(JobState state) => state is JobState.Completed or JobState.Dead or JobState.Cancelled;

    private async Task<(long Now, JobPlace Place)> ReadAsync(JobId id, CancellationToken cancellationToken)
    {
        var (now, place) = await reader.ReadPlaceAsync(id, cancellationToken).ConfigureAwait(false);
        return (now, place ?? throw Errors.NotFound(id));
    }
}
