using Microsoft.Extensions.Options;

namespace JobQueue;

/// <summary>Checks every annotation and rule of the options at once; its code is generated at compile time.</summary>
[OptionsValidator]
internal sealed partial class JobQueueOptionsValidator : IValidateOptions<JobQueueOptions>;
