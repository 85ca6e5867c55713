using JobQueue.SourceGeneration.Models;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>A recurring job whose name another has.</summary>
/// <param name="Handler">The place of its handler in the list.</param>
/// <param name="Recurring">Its place among the handler's recurring jobs.</param>
/// <param name="Other">The place of the other's handler, which may be the same.</param>
/// <param name="Name">The name.</param>
internal sealed record RecurringConflict(int Handler, int Recurring, int Other, string Name);

/// <summary>Finds recurring jobs of an assembly that have one name. Names of handlers are another set.</summary>
internal static class RecurringConflicts
{
    public static IEnumerable<RecurringConflict> Find(IReadOnlyList<HandlerModel> handlers) => handlers
        .SelectMany(static (handler, at) => handler.Recurring.Select((job, number) => (Handler: at, Recurring: number, job.Name)))
        .GroupBy(static job => job.Name, StringComparer.Ordinal)
        .Select(static group => group.ToList())
        .Where(static jobs => jobs.Count > 1)
        .SelectMany(static jobs => jobs.Select((job, at) => new RecurringConflict(job.Handler, job.Recurring, jobs[at == 0 ? 1 : 0].Handler, job.Name)));
}
