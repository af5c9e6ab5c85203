#!/usr/bin/env python3
"""Values for test/unit/worker/learning and test/unit/worker/algebra: multinomial logistic regression by scikit-learn, and the damping of
nuisance by scipy's matrix square root.

  python3 test/unit/expected/learning.py > test/unit/expected/learning.json     (Debian: python3-scipy python3-sklearn)
"""
import json
import numpy as np
from scipy.linalg import inv, sqrtm
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(5)


def regression(images, dimensions, classes, examples, strength):
    centres = random.normal(size=(classes, dimensions))
    truth = random.integers(0, classes, images)
    vectors = (centres[truth] + random.normal(size=(images, dimensions))).astype(np.float32)
    rows = random.permutation(images)[:examples]
    # Every class has an example.
    labels = truth[rows]; labels[:classes] = np.arange(classes)
    model = LogisticRegression(C=strength, multi_class='multinomial', solver='newton-cg', tol=1e-12, max_iter=10000)
    model.fit(vectors[rows].astype(np.float64), labels)
    return {'dimensions': dimensions, 'classes': classes, 'strength': strength, 'vectors': vectors.reshape(-1).tolist(),
            'rows': rows.tolist(), 'labels': labels.tolist(), 'probabilities': model.predict_proba(vectors.astype(np.float64)).reshape(-1).tolist()}


def damping(vectors, dimensions, nuisance):
    N = random.normal(size=(nuisance, dimensions)) * np.linspace(.1, 3, dimensions); N -= 4
    X = random.normal(size=(vectors, dimensions)); variance = 1.7
    covariance = np.cov(N.T, bias=True)
    wanted = X @ inv(sqrtm(np.eye(dimensions) + 10 * covariance / variance)).real
    return {'dimensions': dimensions, 'variance': variance, 'nuisance': N.reshape(-1).tolist(), 'vectors': X.reshape(-1).tolist(), 'damped': wanted.reshape(-1).tolist()}


print(json.dumps({'regressions': [regression(30, 4, 3, 12, 1), regression(40, 6, 5, 40, 20), regression(25, 3, 2, 2, .1)],
                  'dampings': [damping(5, 6, 3), damping(5, 4, 30)]}))
