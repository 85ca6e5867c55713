using JobQueue.Diagnostics;
using JobQueue.Redis;
using JobQueue.Scheduling;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Declares this process's recurring jobs: when the host starts, what its code says replaces what is stored; every hour after that, only that
/// they are still declared, so that a process of an older version does not undo what a newer one has declared.
/// </summary>
internal sealed class RecurringRegistrar(RecurringOwner owner, RecurringJobFactory factory, RedisCalls calls, TimeProvider time, ILogger logger) : IDisposable
{
    private const int Page = 50;
    private const int MaxConflicts = 5;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly OutageLog _outage = new(logger, "declare recurring jobs", time);
    private List<(string Name, RecurringDefinition Definition)> _declared = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>Declares all. What can't be declared stops the host's start.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        var declared = new List<(string, RecurringDefinition)>(owner.Declarations.Count);
        foreach (var declaration in owner.Declarations)
        {
            var argsType = declaration.Args?.GetType() ?? typeof(object);
            declared.Add((declaration.Name, await factory.DefineAsync(declaration.Name, owner.Name, declaration, argsType, cancellationToken).ConfigureAwait(false)));
        }

        _declared = declared;
        await PutAllAsync(replace: true, cancellationToken).ConfigureAwait(false);
    }

    public void Start() => _loop = _declared.Count == 0 ? Task.CompletedTask : Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        var wait = RefreshInterval;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(wait, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
            {
                wait = await RefreshAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<TimeSpan> RefreshAsync()
    {
        try
        {
            await PutAllAsync(replace: false, _stop.Token).ConfigureAwait(false);
            _outage.Succeeded();
            return RefreshInterval;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return _outage.Failed(e);
        }
    }

    private async Task PutAllAsync(bool replace, CancellationToken cancellationToken)
    {
        for (var first = 0; first < _declared.Count; first += Page)
        {
            var page = _declared.Skip(first).Take(Page).ToDictionary(static declared => declared.Name, static declared => declared.Definition);
            for (var conflicts = 0; page.Count > 0; conflicts++)
            {
                if (conflicts == MaxConflicts)
                {
                    throw Errors.RecurringContended(page.Keys.First());
                }

                await PutAsync(page, replace, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Puts those that have not changed since they were read, and takes them from the page.</summary>
    private async Task PutAsync(Dictionary<string, RecurringDefinition> page, bool replace, CancellationToken cancellationToken)
    {
        var (now, rows) = await calls.RunAsync(
            "read recurring", static (shard, names, token) => ReadRecurringScript.NamedAsync(shard, names, token), (IReadOnlyList<string>)[.. page.Keys], cancellationToken)
            .ConfigureAwait(false);
        var puts = new List<RecurringPut>(rows.Count);
        foreach (var row in rows)
        {
            if (IsTaken(row, now, replace))
            {
                page.Remove(row.Name);
            }
            else
            {
                puts.Add(replace || row.Definition.Length == 0 ? RecurringPlan.Put(row, page[row.Name], now) : Refresh(row));
            }
        }

        var statuses = await calls.RunAsync(
            "declare recurring", static (shard, puts, token) => PutRecurringScript.RunAsync(shard, puts, token), puts, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < puts.Count; i++)
        {
            if (statuses[i] != ScriptStatus.Conflict)
            {
                page.Remove(puts[i].Name);
            }
        }
    }

    private RecurringPut Refresh(RecurringRow row)
        => new(row.Name, row.Definition, row.Definition, owner.Name, PutRecurringScript.Keep, IsEnabled: true);

    /// <summary>Whether somebody else has the name: at the start that is an error; later the other has taken it over, because we were away for long.</summary>
    private bool IsTaken(RecurringRow row, long now, bool replace)
    {
        if (row.Definition.Length == 0 || RecurringState.TryParse(row.State) is not { } state || state.Owner == owner.Name)
        {
            return false;
        }

        if (state.Owner.Length > 0 && JobScheduler.LiveOwner(row, now) is null)
        {
            return false;
        }

        return replace ? throw Errors.RecurringNameTaken(row.Name, state.Owner.Length == 0 ? null : state.Owner) : true;
    }
}
