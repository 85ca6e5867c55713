using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests.Hostile;

/// <summary>Somebody writes a value of another type under each of the library's keys, one after the other, while workers work.</summary>
public sealed class WrongTypeTests(AuditServer auditServer, ITestOutputHelper output) : HostileScenario(auditServer, output)
{
    private const int Batch = 50;

    /// <summary>Every key of one name. The lists of queues and the rest of those with a variable part are beside them.</summary>
    private static readonly string[] Structures =
    [
        "ready", "queues", "paused", "tombstones", "tombstones:count", "scheduled", "retrying", "running", "completed", "cancelled", "dead",
        "dead:groups", "recent", "workers", "lost", "floors", "producers", "handlers", "listeners", "idle", "waiters", "cancelling", "crashes",
        "progress", "attached", "stats", "meta", "queue:default:normal", "turn:promote", "turn:recover", "turn:housekeep",
    ];

    [Fact]
    public async Task Whichever_key_is_of_another_type_workers_wait_and_go_on_when_it_is_repaired()
    {
        await BeginFleetAsync();
        var ids = new List<JobId>();
        foreach (var name in Structures)
        {
            ids.AddRange(await Jobs.EnqueueManyAsync(Enumerable.Range(0, Batch).Select(_ => new JobRequest(ChaosHandlers.Work, Random.Next(10))).ToList()));
            await DamageAsync(name);
            if (IsTurn(name))
            {
                await Condition.HoldsAsync(async () => await Database.KeyTypeAsync(Keys.Key(name)) is not StackExchange.Redis.RedisType.List, $"a worker that asks for {name} writes it anew");
            }
            else
            {
                (await Monitor.VerifyAsync()).Violations.Select(static violation => (violation.Kind, violation.Key)).Should().Contain((ViolationKind.WrongType, name), "{0} is named", name);
                await RepairAsync(Keys.Key(name));
            }

            await Condition.HoldsAsync(
                async () => await MendedAsync(ids),
                async () => $"all goes on after {name} is repaired; {await Monitor.GetCountsAsync()}\n{string.Join('\n', (await Monitor.VerifyAsync()).Violations)}\n{string.Join('\n', (await Audit.LogAsync()).TakeLast(20))}");
        }

        await EndAsync(ids, mostLines: Structures.Length * 8);
    }

    /// <summary>What the repair of a type brings to light, and what the workers bring back meanwhile, a repair mends as well.</summary>
    private async Task<bool> MendedAsync(List<JobId> ids)
    {
        await Monitor.RepairAsync(dryRun: false);
        return !ids.Except((await Audit.CompletionsAsync()).Select(static note => note.Id)).Any()
            && (await Monitor.GetCountsAsync()) is { Pending: 0, Running: 0 }
            && (await Monitor.VerifyAsync()).Violations.Count == 0;
    }

    private static bool IsTurn(string name) => name.StartsWith("turn:", StringComparison.Ordinal);

    private async Task DamageAsync(string name)
    {
        var key = Keys.Key(name);
        if (!IsTurn(name))
        {
            await Database.StringSetAsync(key, "hostile");
            return;
        }

        var transaction = Database.CreateTransaction();
        _ = transaction.KeyDeleteAsync(key);
        _ = transaction.ListLeftPushAsync(key, "hostile");
        await transaction.ExecuteAsync();
    }
}
