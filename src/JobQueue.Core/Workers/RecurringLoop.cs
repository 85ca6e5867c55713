using JobQueue.Diagnostics;
using JobQueue.Redis;
using JobQueue.Scheduling;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Enqueues the jobs of recurring jobs whose time has come: those registered at run time, and those that this application's code
/// declares, as far as this process declares them. Sleeps until the next is due. Processes that declare the same take turns; where two fire at
/// once all the same, the script lets one of them.
/// </summary>
internal sealed class RecurringLoop(
    Turns turns, RedisShard shard, RecurringOwner owner, RecurringJobFactory factory, RecurringKeeper keeper, JobQueueMetrics metrics, TimeProvider time, ILogger logger)
    : MaintenanceLoop(RequestOf(owner), turns, shard, time, logger)
{
    private const int MaxComplaints = 1_000;

    /// <summary>Whatever can't be fired is told of once.</summary>
    private readonly HashSet<string> _complaints = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = time;

    public Task SubscribeAsync(CancellationToken cancellationToken)
        => Shard.SubscribeAsync(Shard.Keys.TimersChannel, _ => Signal(), cancellationToken);

    private static TurnRequest RequestOf(RecurringOwner owner)
        => new("recurring:" + owner.Fingerprint, owner.Declares ? [KeyNames.RecurringDue(""), KeyNames.RecurringDue(owner.Name)] : [KeyNames.RecurringDue("")]);

    protected override async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        await keeper.RunAsync(Shard, cancellationToken).ConfigureAwait(false);
        var wait = await PassAsync("", cancellationToken).ConfigureAwait(false);
        if (owner.Declares)
        {
            var own = await PassAsync(owner.Name, cancellationToken).ConfigureAwait(false);
            return own < wait ? own : wait;
        }

        return wait;
    }

    /// <summary>Fires those of one owner that are due.</summary>
    /// <returns>How long until the next is due.</returns>
    private async Task<TimeSpan> PassAsync(string name, CancellationToken cancellationToken)
    {
        for (var passedOver = 0; ;)
        {
            var (now, nextDue, due) = await DueRecurringScript.RunAsync(Shard, name, passedOver, cancellationToken).ConfigureAwait(false);
            var asked = _time.GetTimestamp();
            var batch = new FireBatch();
            foreach (var row in due)
            {
                if (await PlanAsync(row, now, cancellationToken).ConfigureAwait(false) is not { } fire)
                {
                    passedOver++;
                    continue;
                }

                if (!batch.HasRoomFor(fire))
                {
                    await FireAsync(batch, cancellationToken).ConfigureAwait(false);
                    batch = new FireBatch();
                }

                batch.Add(fire);
                nextDue = fire.Next is { } next && !(nextDue <= next) ? next : nextDue;
            }

            await FireAsync(batch, cancellationToken).ConfigureAwait(false);
            if (due.Count == 0 || (due.Count < DueRecurringScript.MaxLimit && passedOver == 0))
            {
                return nextDue is { } at ? TimeSpan.FromMilliseconds(Math.Max(0, at - now)) - _time.GetElapsedTime(asked) : Rest;
            }
        }
    }

    /// <summary>What is to be fired; null when this process does not, or can't.</summary>
    private async Task<RecurringFire?> PlanAsync(RecurringRow row, long now, CancellationToken cancellationToken)
    {
        var definition = RecurringDefinitionJson.TryRead(row.Definition);
        var state = RecurringState.TryParse(row.State);
        if (definition is null || state is null || definition.Timetable is not { } timetable)
        {
            Complain(row.Name, definition?.Problem ?? "its definition is damaged");
            return null;
        }

        if (definition.Owner.Length > 0 && !owner.IsDeclared(row.Name))
        {
            return null; // A process that declares it fires it; when there is none, nobody does.
        }

        try
        {
            return await MakeAsync(row, definition, state, RecurringPlan.Fire(definition, timetable, row.Due ?? now, now), cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidJobException e)
        {
            Complain(row.Name, e.Message);
            return null;
        }
    }

    private async Task<RecurringFire> MakeAsync(
        RecurringRow row, RecurringDefinition definition, RecurringState state, DueOccurrences due, CancellationToken cancellationToken)
    {
        var jobs = new List<EnqueueItem>(due.Fire.Count);
        foreach (var occurrence in due.Fire)
        {
            // Its own, so that its attempts hang together in a trace and those of two occurrences do not.
            using var span = JobTracing.IsListenedTo ? JobTracing.StartSend(definition.Queue, count: null) : null;
            jobs.Add(await factory
                .MakeAsync(row.Name, definition, RecurringPlan.IdOf(row.Name, state, occurrence), occurrence, cancellationToken)
                .ConfigureAwait(false));
        }

        return new RecurringFire(
            row.Name,
            definition.Owner,
            row.Due,
            due.Next?.ToUnixTimeMilliseconds(),
            due.Latest.ToUnixTimeMilliseconds(),
            definition.Overlap == OverlapPolicy.SkipIfRunning,
            jobs);
    }

    private async Task FireAsync(FireBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Fires.Count == 0)
        {
            return;
        }

        var (statuses, enqueued) = await FireRecurringScript
            .RunAsync(Shard, batch.Fires, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < statuses.Length; i++)
        {
            var fire = batch.Fires[i];
            if (statuses[i] == ScriptStatus.Applied)
            {
                for (var job = 0; job < Math.Min(enqueued[i], fire.Jobs.Count); job++)
                {
                    metrics.Enqueued(fire.Jobs[job].Queue, fire.Jobs[job].Name);
                }

                Log.RecurringFired(Logger, fire.Name, enqueued[i]);
            }
        }
    }

    private void Complain(string name, string problem)
    {
        if (_complaints.Count >= MaxComplaints)
        {
            _complaints.Clear();
        }

        if (_complaints.Add(name + '\n' + problem))
        {
            Log.RecurringNotFired(Logger, name, problem);
        }
    }

    /// <summary>What goes in one call.</summary>
    private sealed class FireBatch
    {
        private int _jobs;
        private long _bytes;

        public List<RecurringFire> Fires { get; } = [];

        public bool HasRoomFor(RecurringFire fire)
            => Fires.Count == 0 || (_jobs + fire.Jobs.Count <= FireRecurringScript.MaxJobs && _bytes + BytesOf(fire) <= FireRecurringScript.MaxBytes);

        public void Add(RecurringFire fire)
        {
            _jobs += fire.Jobs.Count;
            _bytes += BytesOf(fire);
            Fires.Add(fire);
        }

        private static long BytesOf(RecurringFire fire)
        {
            long bytes = 0;
            foreach (var job in fire.Jobs)
            {
                bytes += job.Record.Length;
            }

            return bytes;
        }
    }
}
