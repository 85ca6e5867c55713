namespace JobQueue.SourceGeneration.Models;

/// <summary>A recurring job of a handler, as one attribute declares it.</summary>
/// <param name="Name">Its name, the handler's unless it has one of its own.</param>
/// <param name="Definition">What the attribute says, as a JSON object.</param>
internal sealed record RecurringModel(string Name, string Definition);
