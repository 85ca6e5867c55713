namespace JobQueue.Scheduling;

/// <summary>A recurring job as the application's code declares it; checked, but for its handler and the shortest interval.</summary>
internal sealed record RecurringDeclaration(string Name, string Handler, JobSchedule Schedule, object? Args, RecurringJobOptions Options);
